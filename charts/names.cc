// SPDX-License-Identifier: Apache-2.0
#include "charts/names.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace charts {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kEllipsis = 0x2026;

struct Decoded {
  char32_t code;
  std::size_t bytes;
};

// The next code point; what is not UTF-8 (RFC 3629: overlong forms and surrogates included) costs one byte.
Decoded decode(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {kReplacement, 1};
  char32_t code = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {kReplacement, 1};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  static constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  bool valid = code >= kSmallest[length] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return valid ? Decoded{code, length} : Decoded{kReplacement, 1};
}

void encode(char32_t code, std::string& out) {
  auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

std::u32string to_codes(std::string_view text, std::size_t max_chars) {
  std::u32string codes;
  while (!text.empty() && codes.size() < max_chars) {
    Decoded next = decode(text);
    codes += next.code;
    text.remove_prefix(next.bytes);
  }
  return codes;
}

std::string to_utf8(std::u32string_view codes) {
  std::string text;
  for (char32_t code : codes) encode(code, text);
  return text;
}

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

// Marks, overrides and isolates of direction, line and paragraph separators, the byte order mark (Unicode UAX #9).
bool is_invisible(char32_t code) {
  return (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

// "pod=a, container=b"; a single label needs no key to be understood.
std::string labels_text(const std::map<std::string, std::string>& labels, const std::set<std::string>& left_out) {
  std::string text;
  std::size_t told = 0;
  std::string only;
  for (const auto& [key, value] : labels) {
    if (left_out.contains(key)) continue;
    if (told++ > 0) text += ", ";
    text += key + "=" + value;
    only = value;
  }
  return told == 1 && !only.empty() ? only : text;
}

std::set<std::string> shared_labels(const std::vector<base::Series>& series) {
  std::set<std::string> shared;
  if (series.size() < 2) return shared;
  for (const auto& [key, value] : series.front().labels) {
    bool everywhere = std::all_of(series.begin(), series.end(), [&](const base::Series& other) {
      auto found = other.labels.find(key);
      return found != other.labels.end() && found->second == value;
    });
    if (everywhere) shared.insert(key);
  }
  return shared;
}

std::string cut_middle(std::u32string_view codes, std::size_t max_chars) {
  if (codes.size() <= max_chars) return to_utf8(codes);
  std::size_t front = (max_chars - 1) / 2;
  std::size_t back = max_chars - 1 - front;
  return to_utf8(codes.substr(0, front)) + "…" + to_utf8(codes.substr(codes.size() - back));
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t max_chars) {
  std::u32string clean;
  while (!text.empty() && clean.size() <= max_chars) {
    Decoded next = decode(text);
    text.remove_prefix(next.bytes);
    if (is_invisible(next.code)) continue;
    bool is_space = is_control(next.code) || next.code == U' ';
    if (is_space && (clean.empty() || clean.back() == U' ')) continue;
    clean += is_space ? U' ' : next.code;
  }
  while (!clean.empty() && clean.back() == U' ') clean.pop_back();
  if (clean.size() > max_chars) {
    clean.resize(std::max<std::size_t>(max_chars, 1) - 1);
    clean += kEllipsis;
  }
  return to_utf8(clean);
}

std::vector<std::string> legend_names(const std::vector<base::Series>& series) {
  std::set<std::string> shared = shared_labels(series);
  std::vector<std::string> names;
  for (const base::Series& one : series) {
    std::string name = clean_text(one.name);
    if (name.empty()) name = clean_text(labels_text(one.labels, shared));
    if (name.empty()) name = clean_text(labels_text(one.labels, {}));
    if (name.empty()) name = "series " + std::to_string(names.size() + 1);
    names.push_back(std::move(name));
  }
  return names;
}

SharedEnds shared_ends(const std::vector<std::string>& names) {
  if (names.size() < 2) return {};
  std::u32string first = to_codes(names.front(), std::u32string::npos);
  SharedEnds shared{first.size(), first.size()};
  for (const std::string& name : names) {
    std::u32string codes = to_codes(name, std::u32string::npos);
    std::size_t most = std::min(codes.size(), first.size());
    auto front = std::mismatch(codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(most), first.begin()).first;
    shared.front = std::min(shared.front, static_cast<std::size_t>(front - codes.begin()));
    auto back = std::mismatch(codes.rbegin(), codes.rbegin() + static_cast<std::ptrdiff_t>(most), first.rbegin()).first;
    shared.back = std::min(shared.back, static_cast<std::size_t>(back - codes.rbegin()));
  }
  return shared;
}

std::string elide(const std::string& name, SharedEnds shared, std::size_t max_chars) {
  std::u32string codes = to_codes(name, std::u32string::npos);
  max_chars = std::max<std::size_t>(max_chars, 3);
  if (codes.size() <= max_chars) return name;
  std::size_t core_begin = std::min(shared.front, codes.size());
  std::size_t core_end = std::max(core_begin, codes.size() - std::min(shared.back, codes.size()));
  std::size_t core = core_end - core_begin;
  std::u32string_view all = codes;
  if (core == 0) return cut_middle(all, max_chars);
  if (core + 2 > max_chars) return cut_middle(all.substr(core_begin, core), max_chars);
  // The room left goes to the shared ends, first to the beginning; each end that is cut costs one for its "…".
  std::size_t room = max_chars - core;
  std::size_t back_length = codes.size() - core_end;
  std::size_t back = std::min(back_length, room / 3);
  room -= back + (back < back_length ? 1 : 0);
  std::size_t front = std::min(core_begin, room);
  bool cut_front = front < core_begin;
  if (cut_front && front > 0) --front;
  std::string text = to_utf8(all.substr(0, front));
  if (cut_front) text += "…";
  text += to_utf8(all.substr(core_begin, core));
  if (back < back_length) text += "…";
  return text + to_utf8(all.substr(codes.size() - back));
}

std::size_t count_chars(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace charts
