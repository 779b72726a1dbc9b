// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/layers.h"

#include <algorithm>
#include <functional>
#include <sstream>

#include "tests/tidy/cpp_text.h"

namespace tidy {
namespace {

// The layers of docs/architecture.md, from below. Folders of one layer are siblings.
const std::map<std::string, int, std::less<>> kRanks = {
    {"base", 0},      {"schemas", 1},   {"net", 1},   {"charts", 1},    {"bus", 2}, {"ingest", 3},
    {"enrichers", 3}, {"incidents", 3}, {"sinks", 3}, {"playbooks", 4}, {"app", 5},
};

// A library's headers, and the .cc files that may include them by the beginning of their path.
struct Hidden {
  std::string_view header;
  std::string_view owner;
};
constexpr Hidden kHidden[] = {
    {"sqlite3.h", "bus/"}, {"cctz/", "base/"},        {"librdkafka/", "bus/"},
    {"curl/", "net/"},     {"cairo", "charts/"},      {"pango", "charts/"},
    {"png.h", "charts/"},  {"libdeflate", "charts/"}, {"yaml-cpp/", "base/yaml/"},
};

// Each file with Beast in it costs about 20 CPU seconds: the server, its compiled part, the client of WebSockets, and
// the server of WebSockets that tests have.
constexpr int kMostBeastFiles = 4;

bool is_product(const SourceFile& file) { return kRanks.contains(file.folder()); }

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('/')); }

// x_inl.h holds the templates of x.h: the two are one header in two files, and include each other.
bool is_own_declarations(const SourceFile& file, const Include& include) {
  constexpr std::string_view kInline = "_inl.h";
  return file.path.ends_with(kInline) && include.path == file.path.substr(0, file.path.size() - kInline.size()) + ".h";
}

void check_hidden(const SourceFile& file, const Include& include, Violations& out) {
  for (const Hidden& hidden : kHidden) {
    if (!include.path.starts_with(hidden.header)) continue;
    bool at_home = file.path.starts_with(hidden.owner) && file.is_cc();
    if (!at_home) {
      out.push_back(
          {file.path, include.line, "<" + include.path + "> belongs into .cc files of " + std::string(hidden.owner)});
    }
  }
}

}  // namespace

Layers parse_layers(std::string_view text) {
  Layers layers;
  for_each_line(text, [&](std::string_view line, int) {
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    auto& links = layers[std::string(line.substr(0, colon))];
    std::istringstream words{std::string(line.substr(colon + 1))};
    for (std::string word; words >> word;) links.insert(word);
  });
  return layers;
}

Violations check_links(const Layers& layers) {
  Violations out;
  for (const auto& [folder, links] : layers) {
    std::string path = folder + "/CMakeLists.txt";
    auto rank = kRanks.find(folder);
    if (rank == kRanks.end()) {
      out.push_back({path, 0, "folder has no layer: give it one in tests/tidy/layers.cc and docs/architecture.md"});
      continue;
    }
    for (const std::string& link : links) {
      auto linked = kRanks.find(link);
      if (linked == kRanks.end() || linked->second >= rank->second) {
        out.push_back({path, 0, "links " + link + ", which is not in a layer below " + folder});
      }
    }
  }
  return out;
}

Violations check_includes(const Files& files, const Layers& layers) {
  Violations out;
  for (const SourceFile& file : files) {
    if (!file.is_cpp() || !is_product(file)) continue;
    auto links = layers.find(file.folder());
    for (const Include& include : includes_of(file.text)) {
      if (include.angled) continue;
      std::string_view other = first_part(include.path);
      bool allowed = other == file.folder() || (links != layers.end() && links->second.contains(std::string(other)));
      if (!allowed) {
        out.push_back({file.path, include.line,
                       "includes " + include.path + ", but " + std::string(file.folder()) + "/CMakeLists.txt has no " +
                           std::string(other) + " in DEPS"});
      }
    }
  }
  return out;
}

Violations check_include_cycles(const Files& files) {
  std::map<std::string, std::vector<std::string>> includes;
  for (const SourceFile& file : files) {
    if (!file.is_header()) continue;
    for (const Include& include : includes_of(file.text)) {
      if (!include.angled && !is_own_declarations(file, include)) includes[file.path].push_back(include.path);
    }
  }
  Violations out;
  std::set<std::string> done;
  std::vector<std::string> way;
  std::function<void(const std::string&)> visit = [&](const std::string& path) {
    if (auto seen = std::ranges::find(way, path); seen != way.end()) {
      std::string cycle;
      for (; seen != way.end(); ++seen) cycle += *seen + " > ";
      out.push_back({path, 0, "includes itself: " + cycle + path});
      return;
    }
    if (done.contains(path)) return;
    way.push_back(path);
    for (const std::string& next : includes[path]) visit(next);
    way.pop_back();
    done.insert(path);
  };
  std::vector<std::string> headers;
  headers.reserve(includes.size());
  for (const auto& [path, unused] : includes) headers.push_back(path);
  for (const std::string& header : headers) visit(header);
  return out;
}

Violations check_third_party(const Files& files) {
  Violations out;
  std::set<std::string> beast;
  for (const SourceFile& file : files) {
    if (!file.is_cpp()) continue;
    for (const Include& include : includes_of(file.text)) {
      if (is_product(file)) check_hidden(file, include, out);
      if (include.path.starts_with("boost/beast")) beast.insert(file.path);
      if (include.path == "boost/asio.hpp") {
        out.push_back({file.path, include.line, "includes all of Asio: take the narrow header"});
      }
      if (include.path == "boost/asio/experimental/awaitable_operators.hpp") {
        out.push_back({file.path, include.line, "awaitable operators cost 20 CPU seconds a file: wait with base/"});
      }
      if (include.path == "nlohmann/json.hpp" && file.is_header() && is_product(file)) {
        out.push_back({file.path, include.line, "a header needs only nlohmann/json_fwd.hpp"});
      }
    }
  }
  if (static_cast<int>(beast.size()) > kMostBeastFiles) {
    for (const std::string& path : beast) {
      out.push_back({path, 0,
                     "one of " + std::to_string(beast.size()) + " files with Beast; " +
                         std::to_string(kMostBeastFiles) + " are allowed"});
    }
  }
  return out;
}

}  // namespace tidy
