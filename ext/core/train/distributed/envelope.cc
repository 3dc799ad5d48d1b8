#include "core/train/distributed/envelope.h"

#include "core/base/digest.h"
#include "core/train/distributed/byte_stream.h"

namespace subjrec {
namespace {

constexpr std::string_view kMagic = "subjrec";
constexpr uint32_t kFormat = 2;  // inputs of "composed" without room for a bias
constexpr size_t kChecksum = 32;

std::string checksum(std::string_view bytes) {
  Digest digest;
  digest.add(bytes);
  return digest.hex();
}

std::string_view name_of(Envelope kind) { return kind == Envelope::kState ? "state" : "part"; }

}  // namespace

std::string seal(Envelope kind, std::string_view library, std::string_view body) {
  std::string blob(kMagic);
  blob += static_cast<char>(kind);
  ByteWriter header;
  header.number(kFormat);
  header.text(library);
  blob += header.bytes();
  blob += body;
  return blob + checksum(blob);
}

Result<std::string_view> open_envelope(Envelope kind, std::string_view library,
                                       std::string_view blob) {
  const std::string name(name_of(kind));
  const size_t magic = kMagic.size() + 1;
  if (blob.size() < magic + kChecksum || blob.substr(0, kMagic.size()) != kMagic) {
    return Status(Code::kInvalid, "is no " + name + " of a training over shards");
  }
  if (blob[kMagic.size()] != static_cast<char>(kind)) {
    const Envelope other = kind == Envelope::kState ? Envelope::kPart : Envelope::kState;
    return Status(Code::kInvalid,
                  "is a " + std::string(name_of(other)) + ", and a " + name + " was wanted");
  }
  const std::string_view sealed = blob.substr(0, blob.size() - kChecksum);
  if (checksum(sealed) != blob.substr(sealed.size())) {
    return Status(Code::kCorrupt, "is damaged: its checksum is not that of its " +
                                      std::to_string(blob.size()) + " bytes");
  }
  ByteReader reader(sealed.substr(magic));
  const auto format = reader.number<uint32_t>();
  const std::string made_by(reader.text());
  if (!reader.good()) return Status(Code::kCorrupt, "is damaged: it ends too early");
  if (format != kFormat || made_by != library) {
    return Status(Code::kInvalid, "was made by subjrec " + made_by + ", and this is subjrec " +
                                      std::string(library) +
                                      "; all machines of a run need the same version");
  }
  return sealed.substr(magic + sizeof(uint32_t) + sizeof(uint64_t) + made_by.size());
}

}  // namespace subjrec
