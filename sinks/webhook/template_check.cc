// SPDX-License-Identifier: Apache-2.0
#include "sinks/webhook/template_check.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sinks/body/sample.h"
#include "sinks/webhook/webhook_body.h"

namespace sinks::webhook {

using base::yaml::Mark;
using base::yaml::Node;
using base::yaml::Problems;

namespace {

// Where a line of a template stands in the file. Text of several lines is a block, which begins below its `|`; in
// quotes over several lines this is off, and the message says the template's own line too.
Mark mark_of(const Node& node, int line) {
  bool is_block = node.scalar.find('\n') != std::string::npos;
  return is_block ? Mark{node.mark.line + line, 1} : node.mark;
}

std::string in_line(const Node& node, int line) {
  return node.scalar.find('\n') == std::string::npos ? "" : " (line " + std::to_string(line) + " of the template)";
}

std::vector<std::string> members_of(const nlohmann::json& object) {
  std::vector<std::string> names;
  for (const auto& [name, member] : object.items()) names.push_back(name);
  return names;
}

// The members of these objects are known, so another name is a mistake. Others, such as labels, can have any.
bool is_closed(const std::vector<std::string>& steps, std::size_t depth) {
  if (depth == 0) return true;
  if (depth == 1) return steps[0] == "incident" || steps[0] == "finding";
  return depth == 2 && (steps[1] == "subject" || steps[1] == "identity" || steps[1] == "incident");
}

// False, with a problem, for a name that no transition has.
bool check_name(const body::Path& path, const nlohmann::json& sample, const Node& node, Problems& problems) {
  const nlohmann::json* at = &sample;
  for (std::size_t i = 0; i < path.steps.size() && at->is_object() && is_closed(path.steps, i); ++i) {
    auto found = at->find(path.steps[i]);
    if (found == at->end()) {
      std::string where = i == 0 ? "" : " in " + path.steps[i - 1];
      auto hint = base::yaml::suggest(path.steps[i], members_of(*at));
      problems.error(mark_of(node, path.line), "body: there is no '" + path.steps[i] + "'" + where +
                                                   (hint.empty() ? "" : ": " + hint) + in_line(node, path.line));
      return false;
    }
    at = &*found;
  }
  return true;
}

bool try_with(const body::Template& made, const schemas::Delivery& sample, const Node& node, Problems& problems) {
  // More than any sample makes of a template that is meant.
  constexpr std::size_t kMost = 16 * 1024 * 1024;
  auto rendered = made.render(template_data(sample, true), kMost);
  if (rendered) return true;
  problems.error(node.mark, "body: for an incident that " + std::string(to_string(sample.transition.state)) + ", " +
                                rendered.error().message);
  return false;
}

}  // namespace

std::optional<body::Template> read_template(const Node& node, body::Escape escape, Problems& problems) {
  auto parsed = body::Template::parse(node.scalar, escape);
  if (const auto* error = std::get_if<body::SyntaxError>(&parsed)) {
    problems.error(mark_of(node, error->line), "body: " + error->message + in_line(node, error->line));
    return std::nullopt;
  }
  auto& made = std::get<body::Template>(parsed);
  auto full = body::full_sample();
  auto data = template_data(full, true);
  bool names_exist = true;
  for (const auto& path : made.names()) names_exist = check_name(path, data, node, problems) && names_exist;
  if (names_exist && try_with(made, full, node, problems)) try_with(made, body::bare_sample(), node, problems);
  return std::move(made);
}

}  // namespace sinks::webhook
