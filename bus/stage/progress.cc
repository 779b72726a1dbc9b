// SPDX-License-Identifier: Apache-2.0
#include "bus/stage/progress.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace bus::stage {

namespace {

std::int64_t take_number(std::string_view& text, char until) {
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc() || (!text.empty() && text.front() != until)) {
    throw std::invalid_argument("position: not a list of ranges");
  }
  if (!text.empty()) text.remove_prefix(1);
  return number;
}

}  // namespace

Progress::Progress(std::int64_t next, std::string_view ahead) : next_(next) {
  while (!ahead.empty()) {
    std::int64_t first = take_number(ahead, '-');
    std::int64_t last = take_number(ahead, ' ');
    if (last < first || first < next_ || last == std::numeric_limits<std::int64_t>::max())
      throw std::invalid_argument("position: ranges out of order");
    ranges_[first] = last;
  }
  absorb();
}

bool Progress::is_done(std::int64_t offset) const {
  if (offset < next_) return true;
  auto after = ranges_.upper_bound(offset);
  return after != ranges_.begin() && std::prev(after)->second >= offset;
}

std::int64_t Progress::done_ahead() const {
  std::int64_t count = 0;
  for (auto [first, last] : ranges_) count += last - first + 1;
  return count;
}

void Progress::mark(std::int64_t offset) {
  if (offset == next_) {
    ++next_;
    absorb();
    return;
  }
  if (is_done(offset)) return;
  std::int64_t first = offset;
  std::int64_t last = offset;
  auto after = ranges_.upper_bound(offset);
  if (after != ranges_.end() && after->first == offset + 1) {
    last = after->second;
    after = ranges_.erase(after);
  }
  if (after != ranges_.begin() && std::prev(after)->second == offset - 1) {
    std::prev(after)->second = last;
    return;
  }
  ranges_.emplace_hint(after, first, last);
}

void Progress::raise_to(std::int64_t next) {
  if (next <= next_) return;
  next_ = next;
  absorb();
}

void Progress::absorb() {
  while (!ranges_.empty() && ranges_.begin()->first <= next_) {
    next_ = std::max(next_, ranges_.begin()->second + 1);
    ranges_.erase(ranges_.begin());
  }
}

std::string Progress::ahead() const {
  std::string text;
  for (auto [first, last] : ranges_) {
    if (!text.empty()) text += ' ';
    text += std::to_string(first) + "-" + std::to_string(last);
  }
  return text;
}

}  // namespace bus::stage
