// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/markup_writer.h"

#include "sinks/slack/mrkdwn.h"

namespace sinks::slack {

std::size_t MarkupWriter::left() const { return limit_ > used_ + reserved_ ? limit_ - used_ - reserved_ : 0; }

// Two backticks of different origin must not become part of a code block's mark.
void MarkupWriter::separate(std::string_view next) {
  if (!out_.ends_with('`') || !next.starts_with('`') || left() == 0) return;
  out_ += "\u200b";
  ++used_;
}

void MarkupWriter::text(std::string_view clean) {
  if (is_full_ || clean.empty()) return;
  separate(clean);
  constexpr std::size_t kAll = 1 << 30;
  auto added = escaped(clean, kAll);
  if (length(added) > left()) {
    is_full_ = true;
    // Ends with "…", for which take() has kept place.
    auto shorter = escaped(clean, left() + 1);
    if (shorter == added) shorter = escaped(clean, left());
    if (!shorter.empty()) shorter.resize(shorter.size() - std::string_view("…").size());
    added = std::move(shorter);
  }
  used_ += length(added);
  out_ += added;
}

void MarkupWriter::mark(std::string_view markup) {
  if (is_full_) return;
  if (markup.starts_with('`') && !markup.starts_with("```")) separate(markup);
  std::size_t units = length(markup);
  if (units > left()) {
    is_full_ = true;
    return;
  }
  used_ += units;
  out_ += markup;
}

void MarkupWriter::open(std::string_view markup, std::string_view end) {
  std::size_t units = length(end);
  if (is_full_ || length(markup) + units > left()) {
    is_full_ = true;
    ends_.emplace_back();
    return;
  }
  mark(markup);
  ends_.push_back(end);
  reserved_ += units;
}

void MarkupWriter::close() {
  if (ends_.empty()) return;
  auto end = ends_.back();
  if (is_full_) return;  // take() writes the ends.
  ends_.pop_back();
  reserved_ -= length(end);
  used_ += length(end);
  out_ += end;
}

void MarkupWriter::line() {
  if (!out_.empty()) mark("\n");
}

std::string MarkupWriter::take() {
  while (!is_full_ && out_.ends_with('\n')) out_.pop_back();
  if (is_full_) out_ += "…";
  for (; !ends_.empty(); ends_.pop_back()) out_ += ends_.back();
  return std::move(out_);
}

}  // namespace sinks::slack
