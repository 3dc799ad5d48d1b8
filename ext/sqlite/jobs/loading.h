// The job of subjrec_load: a model of embeddings that were trained elsewhere.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/json_writer.h"
#include "core/base/status.h"
#include "sqlite/bindings/job.h"
#include "sqlite/source/embedding_rows.h"
#include "sqlite/source/source.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {

class Loading : public Job {
 public:
  struct Request {
    std::string model;         // this and the sources as the user wrote them
    std::string works;         // (id, embedding)
    std::string subjects;      // (id, embedding [, bias])
    std::string_view options;  // JSON
  };
  /// Checks that the model can be written, and reads all sources.
  static Result<std::unique_ptr<Job>> begin(Connection& connection, std::string_view who,
                                            const Request& request);

  bool done() const override { return done_; }
  /// Stores the model.
  Status step() override;
  std::string summary() const override { return summary_.object(); }

 private:
  using Job::Job;

  Status check_name(const std::string& model);
  Status read(const Request& request, const std::string& interactions);

  ModelName name_;
  EmbeddingRows works_;
  EmbeddingRows subjects_;
  HeldOut tags_;  // what the works are tagged with
  JsonWriter summary_;
  bool done_ = false;
};

}  // namespace subjrec
