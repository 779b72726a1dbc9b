// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sinks::slack {

// Puts mrkdwn together within a limit: after the first piece that does not fit nothing is added but "…" and the ends of
// what is open.
class MarkupWriter {
 public:
  explicit MarkupWriter(std::size_t limit) : limit_(limit) {}

  bool is_full() const { return is_full_; }
  // Clean text, escaped; as much of it as fits.
  void text(std::string_view clean);
  // Markup, whole or not at all.
  void mark(std::string_view markup);
  // Markup that has an end, and what that is.
  void open(std::string_view markup, std::string_view end);
  void close();
  // On the next line, unless at the beginning.
  void line();
  std::string take();

 private:
  std::size_t left() const;
  void separate(std::string_view next);

  std::size_t limit_;
  std::string out_;
  std::size_t used_ = 0;
  std::size_t reserved_ = 1;  // For the ends, and for "…".
  std::vector<std::string_view> ends_;
  bool is_full_ = false;
};

}  // namespace sinks::slack
