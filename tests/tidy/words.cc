// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/words.h"

#include <algorithm>
#include <sstream>

#include "tests/tidy/cpp_text.h"

namespace tidy {
namespace {

constexpr std::string_view kEmptyNames[] = {"util", "utils", "helper", "helpers", "common", "misc", "impl", "manager"};

// Names what it refuses.
constexpr std::string_view kHere = "tests/tidy/";

constexpr std::string_view kMarkers[] = {"TODO", "FIXME", "XXX", "HACK"};
constexpr std::string_view kSync = "keep in sync";

bool is_code(const SourceFile& file) {
  return file.is_cpp() || file.path.ends_with(".cmake") || file.path.ends_with(".sh") ||
         file.name() == "CMakeLists.txt" || file.name() == "Makefile" || file.path.ends_with(".js") ||
         file.path.ends_with(".lua");
}

// "base", "string_helpers", "h" of "base/string_helpers.h".
std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream folders(path);
  for (std::string folder; std::getline(folders, folder, '/');) {
    std::istringstream names(folder);
    for (std::string name; std::getline(names, name, '.');) parts.push_back(name);
  }
  return parts;
}

bool is_empty_name(const std::string& part, std::string_view name) {
  // "common_options" says what it holds; "string_helpers" does not.
  return part == name || part.ends_with("_" + std::string(name));
}

void check_line_of_code(const SourceFile& file, std::string_view line, int number, Violations& out) {
  auto object = [&](std::string what) { out.push_back({file.path, number, std::move(what)}); };
  if (line.find("asio::detached") != std::string_view::npos ||
      line.find("asio/detached.hpp") != std::string_view::npos) {
    object("a coroutine without an owner: spawn it in a base::TaskGroup");
  }
  if (line.find(".detach()") != std::string_view::npos) object("a thread without an owner");
  bool is_test = file.folder() == "tests";
  for (std::string_view sleep : {"this_thread::sleep_for", "this_thread::sleep_until", "usleep"}) {
    if (is_test && has_word(line, sleep))
      object("a test that sleeps: use base::ManualClock, or wait for the condition");
  }
}

// Whether a type is defined here that should say what it is: no declaration, no definition of a nested type that its
// class has declared, no specialisation of a template that is explained where it is declared.
bool begins_type(std::string_view line) {
  line = line.substr(0, line.find("  //"));
  for (std::string_view keyword : {"class ", "struct ", "enum class ", "enum ", "union "}) {
    if (!line.starts_with(keyword)) continue;
    std::string_view rest = line.substr(keyword.size());
    std::string_view name = rest.substr(0, rest.find(' '));
    bool is_known = name.find("::") != std::string_view::npos || name.find('<') != std::string_view::npos;
    return !is_known && !line.ends_with(';') && line.find('(') == std::string_view::npos;
  }
  return false;
}

}  // namespace

Violations check_names(const Files& files) {
  Violations out;
  for (const SourceFile& file : files) {
    for (const std::string& part : parts_of(file.path)) {
      for (std::string_view name : kEmptyNames) {
        if (is_empty_name(part, name)) out.push_back({file.path, 0, "'" + part + "' does not say what the file holds"});
      }
    }
  }
  return out;
}

Violations check_words(const Files& files) {
  Violations out;
  for (const SourceFile& file : files) {
    if (!is_code(file) || file.path.starts_with(kHere)) continue;
    for_each_line(file.text, [&](std::string_view line, int number) {
      for (std::string_view marker : kMarkers) {
        if (has_word(line, marker))
          out.push_back({file.path, number, std::string(marker) + ": do it, or open an issue"});
      }
      if (line.find(kSync) != std::string_view::npos) {
        out.push_back({file.path, number, "derive one from the other instead of asking people"});
      }
      if (file.is_cpp()) check_line_of_code(file, line, number, out);
    });
  }
  return out;
}

Violations check_licence_lines(const Files& files) {
  Violations out;
  for (const SourceFile& file : files) {
    bool is_script = file.path.ends_with(".sh");
    if (!file.is_cpp() && !is_script) continue;
    std::string line = std::string(is_script ? "# " : "// ") + "SPDX-License-Identifier: Apache-2.0\n";
    std::size_t begin = is_script && file.text.starts_with("#!") ? file.text.find('\n') + 1 : 0;
    if (file.text.compare(begin, line.size(), line) != 0) {
      out.push_back({file.path, is_script ? 2 : 1, "should begin with " + line.substr(0, line.size() - 1)});
    }
  }
  return out;
}

Violations check_type_comments(const Files& files) {
  Violations out;
  for (const SourceFile& file : files) {
    if (!file.is_header() || file.folder() == "tests" || file.folder() == "bench") continue;
    bool commented = false;  // By the lines right above; a type's end carries its comment on.
    bool inside = false;     // Of a type.
    bool inside_commented = false;
    for_each_line(file.text, [&](std::string_view line, int number) {
      if (inside) {
        if (line.starts_with('}')) {
          inside = false;
          commented = inside_commented;
        }
        return;
      }
      if (begins_type(line)) {
        if (!commented) out.push_back({file.path, number, "a type without a comment above it: " + std::string(line)});
        inside = line.find('}') == std::string_view::npos;
        inside_commented = commented;
      } else if (line.starts_with("//")) {
        commented = true;
      } else if (!line.starts_with("template")) {
        commented = commented && !line.empty();
      }
    });
  }
  return out;
}

}  // namespace tidy
