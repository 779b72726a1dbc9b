// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sinks::file {

// When a file is moved aside.
struct RotationOptions {
  std::string path;
  std::int64_t max_bytes = 0;  // Rotated before it would grow larger; 0: never.
  std::int64_t keep = 5;       // Older files: path.1 is the newest of them.
  bool fsync = false;          // Each append is on the disk before it returns.
};

// A file that is appended to, one whole text at a time. Opens it anew where somebody renamed or removed it (logrotate).
// Calls block on the disk. Thread-safe. Errors pass (retry later): a full disk and missing rights are mended by a
// person while the delivery waits.
class RotatingFile {
 public:
  explicit RotatingFile(RotationOptions options) : options_(std::move(options)) {}
  ~RotatingFile();
  RotatingFile(const RotatingFile&) = delete;
  RotatingFile& operator=(const RotatingFile&) = delete;

  // Appends all of `text`, or nothing where the file system lets us undo it.
  base::Result<void> append(std::string_view text);

 private:
  base::Result<void> open();
  base::Result<void> rotate();
  void close();
  bool is_still_there() const;
  base::Error failure(const char* doing) const;

  const RotationOptions options_;
  std::mutex mutex_;
  int fd_ = -1;
  std::int64_t size_ = 0;
};

// Writes all of `text` to standard output, without other texts of ours in between. Errors as above.
base::Result<void> print_text(std::string_view text);

}  // namespace sinks::file
