// SPDX-License-Identifier: Apache-2.0
#include "base/options/reference.h"

#include <fmt/format.h>

namespace base {

namespace {

// Tables may nest themselves; nobody writes deeper.
constexpr int kDeepestNesting = 6;

std::string cell(const std::string& text) {
  std::string safe;
  for (char c : text) {
    if (c == '|') safe += '\\';
    safe += c == '\n' ? ' ' : c;
  }
  return safe;
}

std::string default_cell(const OptionSpec& spec) {
  if (spec.required) return "required";
  return spec.default_text.empty() ? "" : fmt::format("`{}`", cell(spec.default_text));
}

// A mapping's own options follow it as "tls.ca_file", those of a list of mappings as "rules[].name".
void add_rows(const OptionSet& set, const std::string& prefix, int depth, std::string& rows) {
  for (const OptionSpec& spec : set.specs()) {
    rows += fmt::format("| `{}{}` | {} | {} | {} |\n", prefix, spec.key, cell(spec.type), default_cell(spec),
                        cell(spec.doc));
    if (spec.nested == nullptr || depth >= kDeepestNesting) continue;
    bool is_list = spec.type.starts_with("list");
    add_rows(*spec.nested, fmt::format("{}{}{}.", prefix, spec.key, is_list ? "[]" : ""), depth + 1, rows);
  }
}

}  // namespace

std::string OptionSet::reference_markdown() const {
  std::string rows;
  add_rows(*this, "", 0, rows);
  std::string text = fmt::format("## {}\n\n{}\n", name_, doc_);
  if (rows.empty()) return text + "\nIt has no options.\n";
  return text + "\n| Option | Type | Default | Meaning |\n| --- | --- | --- | --- |\n" + rows;
}

std::string reference_page(const std::string& title, const std::string& introduction,
                           const std::vector<const OptionSet*>& sets) {
  std::string page = fmt::format("# {}\n\n{}\n", title, introduction);
  if (sets.size() > 1) {
    page += '\n';
    for (const OptionSet* set : sets) page += fmt::format("- [{0}](#{0})\n", set->name());
  }
  for (const OptionSet* set : sets) page += "\n" + set->reference_markdown();
  return page;
}

}  // namespace base
