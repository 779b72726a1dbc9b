// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/pages.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>

namespace tidy {
namespace {

const SourceFile* find_file(const Files& files, std::string_view path) {
  auto it = std::ranges::find(files, path, &SourceFile::path);
  return it == files.end() ? nullptr : &*it;
}

std::set<std::string> folders_of_map(std::string_view readme) {
  std::set<std::string> folders;
  bool in_map = false;
  for_each_line(readme, [&](std::string_view line, int) {
    if (line.starts_with("## ")) in_map = line == "## Folders";
    if (!in_map) return;
    for (std::size_t open = line.find('`'); open != std::string_view::npos;) {
      std::size_t close = line.find('`', open + 1);
      if (close == std::string_view::npos) return;
      std::string_view word = line.substr(open + 1, close - open - 1);
      if (word.ends_with('/') && word.find('/') == word.size() - 1) folders.emplace(word.substr(0, word.size() - 1));
      open = line.find('`', close + 1);
    }
  });
  return folders;
}

bool is_dashed_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c == '-' || std::isdigit(static_cast<unsigned char>(c)) != 0 || (c >= 'a' && c <= 'z');
  });
}

bool is_changelog_name(std::string_view name) {
  for (std::string_view kind : {".feature.md", ".change.md", ".fix.md"}) {
    if (name.ends_with(kind)) return is_dashed_word(name.substr(0, name.size() - kind.size()));
  }
  return false;
}

constexpr int kLongestChange = 5;  // Lines: it becomes one point of a list.

// The target of the markdown link that begins at `open`, without its #part; empty if it leads out of the tree.
std::string target_of_link(std::string_view line, std::size_t open, std::size_t close) {
  std::string_view target = line.substr(open, close - open);
  target = target.substr(0, target.find_first_of("# "));
  return target.find(':') == std::string_view::npos ? std::string(target) : std::string();
}

constexpr std::string_view kPrefix = "tocsin_";
constexpr std::string_view kMetricsPage = "docs/metrics.md";

// The word of a-z, digits and _ that begins at `begin`.
std::string_view word_at(std::string_view text, std::size_t begin) {
  std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", begin);
  return text.substr(begin, end == std::string_view::npos ? end : end - begin);
}

// Calls `visit` with each word that begins with the prefix, and what stands before and behind it.
template <class Visit>
void for_each_metric_word(std::string_view line, const Visit& visit) {
  for (std::size_t at = line.find(kPrefix); at != std::string_view::npos; at = line.find(kPrefix, at + 1)) {
    std::string_view word = word_at(line, at);
    visit(word, line.substr(0, at), line.substr(at + word.size()));
  }
}

bool is_source_of_metrics(const SourceFile& file) {
  return file.is_cpp() && file.folder() != "tests" && file.folder() != "bench";
}

std::map<std::string, Violation> metrics_of_sources(const Files& files) {
  std::map<std::string, Violation> metrics;
  for (const SourceFile& file : files) {
    if (!is_source_of_metrics(file)) continue;
    for_each_line(file.text, [&](std::string_view line, int number) {
      for_each_metric_word(line, [&](std::string_view word, std::string_view before, std::string_view behind) {
        if (!before.ends_with('"') || !behind.starts_with('"')) return;
        if (!behind.starts_with("\",") && !word.ends_with("_total")) return;
        metrics.emplace(word, Violation{file.path, number, ""});
      });
    });
  }
  return metrics;
}

// Without the ending of a histogram's series.
std::string family_of_series(std::string_view name) {
  for (std::string_view ending : {"_seconds_bucket", "_seconds_sum", "_seconds_count"}) {
    if (name.ends_with(ending)) return std::string(name.substr(0, name.rfind('_')));
  }
  return std::string(name);
}

bool is_there(const Files& files, const std::string& path) {
  auto it = std::ranges::lower_bound(files, path, {}, &SourceFile::path);
  return it != files.end() && (it->path == path || it->path.starts_with(path.ends_with('/') ? path : path + "/"));
}

}  // namespace

Violations check_folder_map(const Files& files) {
  const SourceFile* readme = find_file(files, "README.md");
  if (readme == nullptr) return {{"README.md", 0, "is missing"}};
  std::set<std::string> mapped = folders_of_map(readme->text);
  std::set<std::string> there;
  for (const SourceFile& file : files) {
    if (!file.folder().empty()) there.emplace(file.folder());
  }
  Violations out;
  for (const std::string& folder : there) {
    if (!mapped.contains(folder)) out.push_back({"README.md", 0, "'## Folders' does not have " + folder + "/"});
  }
  for (const std::string& folder : mapped) {
    if (!there.contains(folder))
      out.push_back({"README.md", 0, "'## Folders' has " + folder + "/, which does not exist"});
  }
  return out;
}

Violations check_changelog(const Files& files) {
  Violations out;
  for (const SourceFile& file : files) {
    if (file.folder() != "changelog.d" || file.name() == "README.md") continue;
    if (!is_changelog_name(file.name())) {
      out.push_back({file.path, 0, "should be called what-changed.feature.md, .change.md or .fix.md"});
    }
    int lines = count_lines(file.text);
    if (lines == 0 || lines > kLongestChange) out.push_back({file.path, 0, "should be one to five lines"});
  }
  return out;
}

Violations check_decisions(const Files& files) {
  Violations out;
  std::map<std::string, std::string> numbers;
  for (const SourceFile& file : files) {
    if (!file.path.starts_with("docs/decisions/")) continue;
    std::string number(file.name().substr(0, 4));
    bool numbered = std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
    if (!numbered || !file.name().substr(4).starts_with('-') || !file.name().ends_with(".md")) {
      out.push_back({file.path, 0, "should be called NNNN-title.md"});
      continue;
    }
    auto [other, is_new] = numbers.emplace(number, file.path);
    if (!is_new) out.push_back({file.path, 0, "has the number of " + other->second});
    for (std::string_view section : {"## Context", "## Choice", "## Price"}) {
      if (file.text.find(section) == std::string::npos) out.push_back({file.path, 0, "lacks " + std::string(section)});
    }
  }
  return out;
}

Violations check_licence(const Files& files) {
  const SourceFile* licence = find_file(files, "LICENSE");
  bool is_apache = licence != nullptr && licence->text.find("Apache License") != std::string::npos &&
                   licence->text.find("Version 2.0") != std::string::npos;
  if (is_apache) return {};
  return {{"LICENSE", 0, "should be the Apache License, Version 2.0"}};
}

Violations check_top(const Files& files) {
  // CMakeUserPresets.json is a developer's own (.gitignore) and its name is CMake's.
  static const std::set<std::string, std::less<>> kBelong = {
      "CHANGELOG.md",       "CMakeLists.txt", "CMakePresets.json", "CMakeUserPresets.json",
      "CODE_OF_CONDUCT.md", "CODEOWNERS",     "CONTRIBUTING.md",   "LICENSE",
      "Makefile",           "NOTICE",         "README.md",         "SECURITY.md"};
  Violations out;
  for (const SourceFile& file : files) {
    if (!file.folder().empty() || kBelong.contains(file.path)) continue;
    out.push_back({file.path, 0, "does not belong at the top of the tree; if it does, tests/tidy/pages.cc lists it"});
  }
  return out;
}

Violations check_links_of_pages(const Files& files) {
  Violations out;
  for (const SourceFile& file : files) {
    if (!file.path.ends_with(".md")) continue;
    for_each_line(file.text, [&](std::string_view line, int number) {
      for (std::size_t open = line.find("]("); open != std::string_view::npos; open = line.find("](", open + 2)) {
        std::size_t close = line.find(')', open);
        if (close == std::string_view::npos) return;
        std::string target = target_of_link(line, open + 2, close);
        if (target.empty()) continue;
        auto path = (std::filesystem::path(file.path).parent_path() / target).lexically_normal().generic_string();
        if (!is_there(files, path)) out.push_back({file.path, number, "leads to " + path + ", which does not exist"});
      }
    });
  }
  return out;
}

Violations check_metrics(const Files& files) {
  const SourceFile* page = find_file(files, kMetricsPage);
  if (page == nullptr) return {{std::string(kMetricsPage), 0, "is missing"}};
  auto metrics = metrics_of_sources(files);
  Violations out;
  for (const auto& [name, place] : metrics) {
    if (page->text.find("| `" + name + "` |") != std::string::npos) continue;
    out.push_back({place.path, place.line, "docs/metrics.md has no row for " + name});
  }
  for (const SourceFile& file : files) {
    if (&file != page && !file.path.starts_with("deploy/prometheus/")) continue;
    for_each_line(file.text, [&](std::string_view line, int number) {
      for_each_metric_word(line, [&](std::string_view word, std::string_view, std::string_view) {
        if (metrics.contains(family_of_series(word))) return;
        out.push_back({file.path, number, "names " + std::string(word) + ", which no source makes"});
      });
    });
  }
  return out;
}

}  // namespace tidy
