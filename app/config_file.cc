// SPDX-License-Identifier: Apache-2.0
#include "app/config_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace app {

namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

base::Error unreadable(int error_number) {
  return base::permanent(base::Reason::kBadRequest,
                         "the file can't be read: " + std::generic_category().message(error_number));
}

base::Result<std::string> read_config_file(const std::string& path) {
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return unreadable(errno);
  std::string text;
  std::array<char, 64 * 1024> part{};
  while (std::size_t size = std::fread(part.data(), 1, part.size(), file.get())) text.append(part.data(), size);
  if (std::ferror(file.get()) != 0) return unreadable(errno);
  return text;
}

}  // namespace app
