// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace bus::embedded {

namespace {

base::Error from_errno(const std::string& what) {
  return base::passing(base::Reason::kUnavailable, what + ": " + std::generic_category().message(errno));
}

std::string owner_of(int descriptor) {
  std::array<char, 32> pid{};
  ssize_t size = ::pread(descriptor, pid.data(), pid.size() - 1, 0);
  std::string text(pid.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.empty() ? "unknown" : text;
}

}  // namespace

base::Result<LockFile> LockFile::acquire(const std::filesystem::path& directory) {
  std::string file = (directory / "lock").string();
  int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return from_errno("can't open " + file);
  LockFile lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return from_errno("can't lock " + file);
    return base::passing(base::Reason::kUnavailable, directory.string() + " is in use by process " +
                                                         owner_of(descriptor) + ": stop it, or use another directory");
  }
  std::string pid = std::to_string(::getpid()) + "\n";
  // A full disk keeps the pid from being written; the lock holds all the same.
  if (::ftruncate(descriptor, 0) == 0) (void)!::pwrite(descriptor, pid.data(), pid.size(), 0);
  return lock;
}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

LockFile::~LockFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace bus::embedded
