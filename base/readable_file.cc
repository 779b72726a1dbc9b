// SPDX-License-Identifier: Apache-2.0
#include "base/readable_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace base {

Result<void> check_readable(const std::string& path) {
  struct stat found {};
  bool is_there = ::stat(path.c_str(), &found) == 0 && ::access(path.c_str(), R_OK) == 0;
  if (!is_there) return permanent(Reason::kBadRequest, std::strerror(errno));  // NOLINT(concurrency-mt-unsafe)
  if (S_ISDIR(found.st_mode)) return permanent(Reason::kBadRequest, "it is a directory");
  return ok();
}

}  // namespace base
