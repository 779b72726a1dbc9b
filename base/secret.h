// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace base {

// A value that must not be shown: it can't be printed, formatted, compared or turned into JSON. Whoever needs the text
// asks for it by name, which is easy to find in a review.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text, std::string file = {}) : text_(std::move(text)), file_(std::move(file)) {}

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  // The file it was read from; empty if from none. See base/secret_file.h for what is in it by now.
  const std::string& file() const { return file_; }

 private:
  std::string text_;
  std::string file_;
};

}  // namespace base
