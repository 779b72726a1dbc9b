// SPDX-License-Identifier: Apache-2.0
#include "sinks/file/rotating_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace sinks::file {

using base::Reason;

namespace {

// Written by the owner, read by the group: findings can hold log lines.
constexpr mode_t kMode = 0640;

// As many bytes as the system takes; errno tells why not all.
std::size_t write_all(int fd, std::string_view text) {
  std::size_t written = 0;
  while (written < text.size()) {
    auto count = ::write(fd, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  return written;
}

base::Error failed(std::string_view doing, std::string_view path) {
  int code = errno;
  bool is_full = code == ENOSPC || code == EDQUOT || code == EFBIG;
  return base::passing(is_full ? Reason::kFull : Reason::kUnavailable,
                       fmt::format("cannot {} {}: {}", doing, path, std::strerror(code)));
}

}  // namespace

RotatingFile::~RotatingFile() { close(); }

base::Result<void> RotatingFile::append(std::string_view text) {
  std::lock_guard lock(mutex_);
  if (fd_ >= 0 && !is_still_there()) close();
  if (fd_ < 0) {
    BOOST_OUTCOME_TRY(open());
  }
  auto adds = static_cast<std::int64_t>(text.size());
  if (options_.max_bytes > 0 && size_ > 0 && size_ + adds > options_.max_bytes) {
    BOOST_OUTCOME_TRY(rotate());
  }
  auto written = static_cast<std::int64_t>(write_all(fd_, text));
  if (written < adds) {
    auto error = failure("write to");
    // Half a line would make the next one unreadable too.
    if (written > 0 && ::ftruncate(fd_, size_) != 0) close();
    return error;
  }
  size_ += written;
  if (options_.fsync && ::fdatasync(fd_) != 0) return failure("sync");
  return base::ok();
}

base::Result<void> RotatingFile::open() {
  fd_ = ::open(options_.path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kMode);
  if (fd_ < 0) return failure("open");
  struct stat status {};
  if (::fstat(fd_, &status) != 0) return failure("look at");
  size_ = status.st_size;
  return base::ok();
}

base::Result<void> RotatingFile::rotate() {
  close();
  for (std::int64_t i = options_.keep; i > 0; --i) {
    auto from = i == 1 ? options_.path : fmt::format("{}.{}", options_.path, i - 1);
    auto to = fmt::format("{}.{}", options_.path, i);
    if (std::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) return failure("rotate");
  }
  if (options_.keep == 0 && ::unlink(options_.path.c_str()) != 0 && errno != ENOENT) return failure("rotate");
  return open();
}

void RotatingFile::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

// Whether the path still leads to the open file.
bool RotatingFile::is_still_there() const {
  struct stat by_path {};
  struct stat by_fd {};
  if (::stat(options_.path.c_str(), &by_path) != 0 || ::fstat(fd_, &by_fd) != 0) return false;
  return by_path.st_dev == by_fd.st_dev && by_path.st_ino == by_fd.st_ino;
}

base::Error RotatingFile::failure(const char* doing) const { return failed(doing, options_.path); }

base::Result<void> print_text(std::string_view text) {
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  if (write_all(STDOUT_FILENO, text) < text.size()) return failed("write to", "standard output");
  return base::ok();
}

}  // namespace sinks::file
