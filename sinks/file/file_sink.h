// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "sinks/file/rotating_file.h"
#include "sinks/sink_types.h"

namespace sinks::file {

enum class Format { kJson, kText };

// The section of a file_sink.
struct Options : SinkOptions {
  std::string file_name = "stdout";
  Format format = Format::kJson;
  bool colour = false;
  std::int64_t max_bytes = 0;
  std::int64_t keep = 5;
  bool fsync = false;
};

// Writes each transition to a file or to standard output: one line of JSON, or text for people. Its calls block, so
// they run on the pool that it is given.
class FileSink final : public Sink {
 public:
  FileSink(Options options, base::Executor pool);

  base::Result<Rendered> render(const schemas::Delivery& delivery) const override;
  base::Task<base::Result<Reply>> send(Sending& sending) override;

 private:
  const Options options_;
  const base::Executor pool_;
  const std::shared_ptr<RotatingFile> file_;  // Null: standard output. Shared with a write under way.
};

}  // namespace sinks::file

namespace sinks {

// The kind "file_sink".
SinkType file_sink_type();

}  // namespace sinks
