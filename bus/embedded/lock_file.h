// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace bus::embedded {

// Holds a data directory for one process: an flock on `<directory>/lock`, which the kernel drops with the process
// however it ends. The file holds the owner's pid, for people.
class LockFile {
 public:
  // Fails when another process (or another bus of this one) holds the directory, naming its pid.
  static base::Result<LockFile> acquire(const std::filesystem::path& directory);

  LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  LockFile& operator=(LockFile&& other) noexcept;
  ~LockFile();

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace bus::embedded
