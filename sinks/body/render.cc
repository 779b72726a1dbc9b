// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "sinks/body/escape.h"
#include "sinks/body/template.h"
#include "sinks/render/shrink.h"

namespace sinks::body {

namespace {

using nlohmann::json;
using Kind = Expression::Kind;

// As in Jinja: none, false, zero and what is empty.
bool holds(const json& value) {
  if (value.is_null()) return false;
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return value.get<double>() != 0;
  return value.is_string() ? !value.get_ref<const std::string&>().empty() : !value.empty();
}

std::string in_case(std::string text, char first, int by) {
  for (char& c : text) {
    if (c >= first && c < first + 26) c = static_cast<char>(c + by);
  }
  return text;
}

std::string joined(const json& list, const std::string& between) {
  if (!list.is_array()) return plain(list);
  std::string text;
  for (const json& one : list) text += (&one == &list.front() ? "" : between) + plain(one);
  return text;
}

// The elements of a list in their order; of a mapping, {"key", "value"} each.
json elements_of(json value) {
  if (value.is_array()) return value;
  json list = json::array();
  if (!value.is_object()) return list;
  for (const auto& [key, member] : value.items()) list.push_back({{"key", key}, {"value", member}});
  return list;
}

// One rendering of a template.
class Rendering {
 public:
  Rendering(const json& data, Escape escape, std::size_t limit) : data_(data), escape_(escape), limit_(limit) {}

  // False: too much.
  bool run(const std::vector<Part>& parts) {
    for (const Part& part : parts) {
      if (++steps_ > Template::kMostSteps || out_.size() > limit_) return false;
      if (!run(part)) return false;
    }
    return out_.size() <= limit_;
  }

  std::string take() { return std::move(out_); }
  bool ran_out_of_steps() const { return steps_ > Template::kMostSteps; }

 private:
  bool run(const Part& part) {
    switch (part.kind) {
      case Part::Kind::kText:
        out_ += part.text;
        return true;
      case Part::Kind::kValue:
        out_ += written(value_of(part.value), escape_, part.in_string);
        return true;
      case Part::Kind::kIf:
        for (const Branch& branch : part.branches) {
          if (!branch.condition || holds(value_of(*branch.condition))) return run(branch.parts);
        }
        return true;
      case Part::Kind::kFor:
        return loop(part);
    }
    return true;
  }

  bool loop(const Part& part) {
    const json list = elements_of(value_of(part.value));
    for (std::size_t i = 0; i < list.size(); ++i) {
      json place = {{"index", i + 1}, {"first", i == 0}, {"last", i + 1 == list.size()}};
      variables_.emplace_back("loop", std::move(place));
      variables_.emplace_back(part.text, list[i]);
      bool fits = ++steps_ <= Template::kMostSteps && run(part.branches.front().parts);
      variables_.resize(variables_.size() - 2);
      if (!fits) return false;
    }
    return true;
  }

  json value_of(const Expression& expression) {
    ++steps_;
    const auto& operands = expression.operands;
    switch (expression.kind) {
      case Kind::kLiteral:
        return *expression.literal;
      case Kind::kPath:
        return look_up(expression.path);
      case Kind::kList: {
        json list = json::array();
        for (const Expression& element : operands) list.push_back(value_of(element));
        return list;
      }
      case Kind::kNot:
        return !holds(value_of(operands[0]));
      // `a or "b"` is the first that holds, as in Jinja.
      case Kind::kAnd: {
        json left = value_of(operands[0]);
        return holds(left) ? value_of(operands[1]) : left;
      }
      case Kind::kOr: {
        json left = value_of(operands[0]);
        return holds(left) ? left : value_of(operands[1]);
      }
      case Kind::kEqual:
        return value_of(operands[0]) == value_of(operands[1]);
      case Kind::kDiffers:
        return value_of(operands[0]) != value_of(operands[1]);
      case Kind::kIn:
        return is_in(value_of(operands[0]), value_of(operands[1]));
      case Kind::kFilter:
        return filtered(expression);
    }
    return nullptr;
  }

  static bool is_in(const json& what, const json& where) {
    if (where.is_string()) return where.get_ref<const std::string&>().find(plain(what)) != std::string::npos;
    if (where.is_object()) return where.contains(plain(what));
    return where.is_array() && std::find(where.begin(), where.end(), what) != where.end();
  }

  json filtered(const Expression& expression) {
    const std::string& name = expression.filter;
    json input = value_of(expression.operands[0]);
    json argument = expression.operands.size() > 1 ? value_of(expression.operands[1]) : json();
    if (name == "default") return holds(input) ? input : argument;
    if (name == "join") return joined(input, plain(argument));
    if (name == "json") return input.dump(-1, ' ', false, json::error_handler_t::replace);
    if (name == "length") return input.is_string() ? input.get_ref<const std::string&>().size() : input.size();
    if (name == "lower") return in_case(plain(input), 'A', 'a' - 'A');
    if (name == "upper") return in_case(plain(input), 'a', 'A' - 'a');
    auto length = argument.is_number() ? std::max(argument.get<double>(), 0.0) : 0.0;
    return cut_text(plain(input), static_cast<std::size_t>(std::min(length, 1e9)));
  }

  json look_up(const Path& path) const {
    const json* at = root_of(path.steps.front());
    for (std::size_t i = at == &data_ ? 0 : 1; at && i < path.steps.size(); ++i) at = member_of(*at, path.steps[i]);
    return at ? *at : json();
  }
  const json* root_of(const std::string& name) const {
    for (auto variable = variables_.rbegin(); variable != variables_.rend(); ++variable) {
      if (variable->first == name) return &variable->second;
    }
    return &data_;
  }
  static const json* member_of(const json& value, const std::string& step) {
    if (value.is_object()) {
      auto found = value.find(step);
      return found == value.end() ? nullptr : &*found;
    }
    std::size_t index = 0;
    auto [end, failure] = std::from_chars(step.data(), step.data() + step.size(), index);
    bool is_index = failure == std::errc() && end == step.data() + step.size();
    return value.is_array() && is_index && index < value.size() ? &value[index] : nullptr;
  }

  const json& data_;
  const Escape escape_;
  const std::size_t limit_;
  std::size_t steps_ = 0;
  std::vector<std::pair<std::string, json>> variables_;
  std::string out_;
};

}  // namespace

base::Result<std::string> Template::render(const json& data, std::size_t limit) const {
  Rendering rendering(data, escape_, limit);
  if (!rendering.run(*parts_)) {
    return base::permanent(base::Reason::kTooLarge,
                           rendering.ran_out_of_steps()
                               ? fmt::format("the body template takes more than {} steps", kMostSteps)
                               : fmt::format("the body template makes more than {} bytes", limit));
  }
  std::string body = rendering.take();
  if (escape_ != Escape::kJson) return body;
  try {
    static_cast<void>(json::parse(body));
  } catch (const json::exception& why) {
    std::string_view what = why.what();  // "[json.exception.parse_error.101] parse error at ..."
    what.remove_prefix(std::min(what.find("] ") + 2, what.size()));
    return base::permanent(base::Reason::kInternal, fmt::format("the body template makes no JSON: {}", what));
  }
  return body;
}

}  // namespace sinks::body
