// SPDX-License-Identifier: Apache-2.0
#include "sinks/render/shrink.h"

#include <fmt/format.h>

#include "sinks/render/cuts.h"

namespace sinks {

namespace {

constexpr std::string_view kEllipsis = "…";

// Whether a character begins at `at`, and not the rest of one (UTF-8, RFC 3629).
bool is_boundary(std::string_view text, std::size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

void add_missing(schemas::Transition& transition, std::string_view who, std::size_t limit, const std::string& what) {
  transition.finding.missing.push_back({.action = std::string(who),
                                        .reason = std::string(to_string(base::Reason::kTooLarge)),
                                        .message = fmt::format("cut to fit {} bytes: {}", limit, what)});
}

}  // namespace

std::string cut_text(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit > kEllipsis.size() ? limit - kEllipsis.size() : 0;
  while (end > 0 && !is_boundary(text, end)) --end;
  text.resize(end);
  if (limit >= kEllipsis.size()) text += kEllipsis;
  return text;
}

std::string cut_front(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t begin = text.size() - (limit > kEllipsis.size() ? limit - kEllipsis.size() : 0);
  while (begin < text.size() && !is_boundary(text, begin)) ++begin;
  text.erase(0, begin);
  return limit >= kEllipsis.size() ? std::string(kEllipsis) + text : text;
}

base::Result<std::string> encode_within(const schemas::Transition& transition, std::size_t limit,
                                        std::string_view who) {
  std::string body = schemas::encode(transition);
  if (body.size() <= limit) return body;
  schemas::Transition smaller = transition;
  std::string what;
  for (const Cut& cut : cuts()) {
    bool is_used = false;
    while (cut.step(smaller)) {
      if (!std::exchange(is_used, true)) what += (what.empty() ? "" : ", ") + cut.what;
      schemas::Transition marked = smaller;
      add_missing(marked, who, limit, what);
      body = schemas::encode(marked);
      if (body.size() <= limit) return body;
    }
  }
  return base::permanent(base::Reason::kTooLarge,
                         fmt::format("{} bytes remain when all evidence is cut; the limit is {}", body.size(), limit));
}

}  // namespace sinks
