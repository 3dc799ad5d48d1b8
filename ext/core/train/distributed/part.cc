#include "core/train/distributed/part.h"

#include <utility>

#include "core/train/distributed/byte_stream.h"
#include "core/train/distributed/envelope.h"

namespace subjrec {
namespace {

std::string receiver(const Part& part) {
  return part.to_shard < 0 ? "for subjrec_next" : "for shard " + std::to_string(part.to_shard);
}

std::string sender(const Part& part) {
  std::string text = part.pieces.size() == 1 ? "shard " : "shards ";
  for (auto piece = part.pieces.begin(); piece != part.pieces.end(); ++piece) {
    if (piece != part.pieces.begin()) text += ", ";
    text += std::to_string(piece->first);
  }
  return text;
}

}  // namespace

std::string encode_part(const Part& part, std::string_view library) {
  ByteWriter body;
  body.text(part.run);
  body.text(part.state);
  body.text(part.phase);
  body.number(part.to_shard);
  body.number<uint64_t>(part.pieces.size());
  for (const auto& [shard, piece] : part.pieces) {
    body.number(shard);
    body.text(piece);
  }
  return seal(Envelope::kPart, library, body.bytes());
}

Result<Part> decode_part(std::string_view blob, std::string_view library) {
  SUBJREC_ASSIGN(const std::string_view body, open_envelope(Envelope::kPart, library, blob));
  ByteReader reader(body);
  Part part;
  part.run = reader.text();
  part.state = reader.text();
  part.phase = reader.text();
  part.to_shard = reader.number<int32_t>();
  const auto n = reader.number<uint64_t>();
  for (uint64_t i = 0; i < n && reader.good(); ++i) {
    const auto shard = reader.number<uint32_t>();
    part.pieces.emplace(shard, reader.text());
  }
  if (!reader.finished() || part.pieces.size() != n || n == 0) {
    return Status(Code::kCorrupt, "is damaged: its body does not hold what it says");
  }
  return part;
}

Status merge_part(Part other, Part* part) {
  if (part->pieces.empty()) {
    *part = std::move(other);
    return {};
  }
  const std::string both = "the part of " + sender(other) + " and that of " + sender(*part);
  if (other.run != part->run) {
    return {Code::kInvalid, both +
                                " are of different runs: their options or numbers of shards "
                                "differ"};
  }
  if (other.state != part->state) {
    return {Code::kInvalid, both + " answer different states, in the phases \"" + other.phase +
                                "\" and \"" + part->phase + "\""};
  }
  if (other.to_shard != part->to_shard) {
    return {Code::kInvalid, both + " are " + receiver(other) + " and " + receiver(*part) +
                                "; merge those of one to_shard, as in GROUP BY to_shard"};
  }
  for (auto& [shard, piece] : other.pieces) {
    const auto [at, added] = part->pieces.try_emplace(shard, std::move(piece));
    if (!added && at->second != piece) {
      return {Code::kInvalid, "shard " + std::to_string(shard) +
                                  " gave two different parts: its source changed in between, or "
                                  "two sources were given as shard " +
                                  std::to_string(shard)};
    }
  }
  return {};
}

}  // namespace subjrec
