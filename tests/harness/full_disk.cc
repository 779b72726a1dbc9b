// SPDX-License-Identifier: Apache-2.0
// A disk that is full when a test says so. Preloaded into a program (LD_PRELOAD), it lets positioned writes, which is
// how databases write, fail with ENOSPC for as long as the file named by FULL_DISK_WHILE exists.
#include <dlfcn.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

extern "C" ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  using Write = ssize_t (*)(int, const void*, size_t, off64_t);
  static const auto next = reinterpret_cast<Write>(dlsym(RTLD_NEXT, "pwrite64"));
  static const char* lever = std::getenv("FULL_DISK_WHILE");
  if (lever != nullptr && access(lever, F_OK) == 0) {
    errno = ENOSPC;
    return -1;
  }
  return next(fd, bytes, size, offset);
}
