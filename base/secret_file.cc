// SPDX-License-Identifier: Apache-2.0
#include "base/secret_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>

namespace base {

namespace {

// A key or token has at most some KB, a service account's JSON 2.4 KB, a certificate chain some tens.
constexpr std::size_t kLargestSecret = 256 * 1024;
constexpr std::chrono::seconds kLookAgain{1};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// What tells a changed file from an unchanged one. Symbolic links are followed: Kubernetes swaps those of a mounted
// secret.
std::string stamp_of(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return fmt::format("{}:{}:{}.{}", found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
}

// What was last read of a file.
struct Known {
  std::string stamp;
  std::chrono::steady_clock::time_point looked_at;
  Secret secret;
};

}  // namespace

Result<Secret> read_secret_file(const std::string& path) {
  auto unreadable = [](std::string why) { return permanent(Reason::kBadRequest, std::move(why)); };
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return unreadable(std::strerror(errno));  // NOLINT(concurrency-mt-unsafe)
  std::string text(kLargestSecret + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return unreadable("it is not a readable file");
  if (text.size() > kLargestSecret) return unreadable(fmt::format("it has more than {} bytes", kLargestSecret));
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (text.empty()) return unreadable("it is empty");
  return Secret(std::move(text), path);
}

Secret current(const Secret& secret) {
  if (secret.file().empty()) return secret;
  static std::mutex mutex;
  // As many as the configuration has secrets in files.
  static std::map<std::string, Known> known_files;
  std::lock_guard lock(mutex);
  auto now = std::chrono::steady_clock::now();
  auto [found, is_new] = known_files.try_emplace(secret.file());
  Known& known = found->second;
  if (is_new) known.secret = secret;
  if (!is_new && now < known.looked_at + kLookAgain) return known.secret;
  known.looked_at = now;
  auto stamp = stamp_of(secret.file());
  if (stamp.empty() || stamp == known.stamp) return known.secret;
  if (auto read = read_secret_file(secret.file())) {
    known.secret = std::move(read.value());
    known.stamp = std::move(stamp);
  }
  return known.secret;
}

}  // namespace base
