// SPDX-License-Identifier: Apache-2.0
#include "base/yaml/tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/yaml/environment.h"

namespace base::yaml {

namespace {

// https://yaml.org/type/merge.html
constexpr std::string_view kMergeKey = "<<";

}  // namespace

bool TreeBuilder::null(Mark mark, Anchor anchor) {
  Node node;
  node.mark = mark;
  if (!spend(mark, {1, 0, 1}) || !remember(node, anchor)) return false;
  attach(std::move(node));
  return true;
}

bool TreeBuilder::scalar(Mark mark, Anchor anchor, const std::string& hidden, bool quoted) {
  Substituted value = substitute(hidden, environment_, mark, problems_);
  Node node;
  node.kind = Node::Kind::kScalar;
  node.mark = mark;
  // A reference had to be quoted in other tools: the quotes around nothing but it don't make a number text.
  node.quoted = quoted && !value.whole;
  node.from_environment = value.any;
  node.scalar = std::move(value.text);
  if (!spend(mark, {1, node.scalar.size(), 1}) || !remember(node, anchor)) return false;
  attach(std::move(node));
  return true;
}

bool TreeBuilder::alias(Mark mark, Anchor anchor) {
  auto known = anchors_.find(anchor);
  // The parser knows every name; what has no node yet is still open.
  if (known == anchors_.end()) return fail(mark, "an alias stands inside of what it refers to");
  if (!spend(mark, known->second.size)) return false;
  attach(known->second.node);
  return true;
}

bool TreeBuilder::begin(Node::Kind kind, Mark mark, Anchor anchor) {
  if (!spend(mark, {1, 0, 1})) return false;
  Open opened;
  opened.node.kind = kind;
  opened.node.mark = mark;
  opened.anchor = anchor;
  open_.push_back(std::move(opened));
  return true;
}

bool TreeBuilder::end() {
  Open closed = std::move(open_.back());
  open_.pop_back();
  merge(closed);
  if (!remember(closed.node, closed.anchor)) return false;
  attach(std::move(closed.node));
  return true;
}

TreeBuilder::Size TreeBuilder::measure(const Node& node) {
  Size size{1, node.scalar.size(), 1};
  auto add = [&size](const Node& child) {
    Size inner = measure(child);
    size.nodes += inner.nodes;
    size.bytes += inner.bytes;
    size.levels = std::max(size.levels, inner.levels + 1);
  };
  for (const Node& item : node.items) add(item);
  for (const Node::Entry& entry : node.entries) {
    size.bytes += entry.key.size();
    add(entry.value);
  }
  return size;
}

bool TreeBuilder::spend(Mark mark, const Size& size) {
  if (open_.size() + size.levels > static_cast<std::size_t>(limits_.depth)) {
    return fail(mark, fmt::format("nested more than {} levels deep", limits_.depth));
  }
  spent_.nodes += size.nodes;
  spent_.bytes += size.bytes;
  if (spent_.nodes > limits_.nodes) {
    return fail(mark, fmt::format("more than {} values after expanding aliases", limits_.nodes));
  }
  if (spent_.bytes > limits_.bytes) {
    return fail(mark, fmt::format("more than {} bytes of text after expanding aliases and variables", limits_.bytes));
  }
  return true;
}

// What is kept for later aliases counts like the values themselves.
bool TreeBuilder::remember(const Node& node, Anchor anchor) {
  if (anchor == 0) return true;
  Anchored anchored{node, measure(node)};
  if (!spend(node.mark, {anchored.size.nodes, anchored.size.bytes, 1})) return false;
  anchors_[anchor] = std::move(anchored);
  return true;
}

bool TreeBuilder::fail(Mark mark, std::string message) {
  problems_.error(mark, std::move(message));
  return false;
}

void TreeBuilder::attach(Node node) {
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  Open& parent = open_.back();
  if (parent.node.is_sequence()) {
    parent.node.items.push_back(std::move(node));
  } else if (!parent.has_key) {
    take_key(parent, std::move(node));
  } else {
    take_value(parent, std::move(node));
  }
}

void TreeBuilder::take_key(Open& mapping, Node key) {
  mapping.has_key = true;
  mapping.drop_value = true;
  if (key.is_mapping() || key.is_sequence()) {
    problems_.error(key.mark, "a key can't be a mapping or a list; put quotes around text that begins with '{' or '['");
    return;
  }
  if (key.is_null()) {
    problems_.error(key.mark, "a key is missing before ':'; put quotes around \"null\" and \"~\" where they are names");
    return;
  }
  if (key.from_environment) {  // Error texts show keys.
    problems_.error(key.mark, "a key can't have the value of an environment variable in it");
    return;
  }
  auto [known, fresh] = mapping.keys.emplace(key.scalar, key.mark);
  if (!fresh) {
    problems_.error(key.mark, fmt::format("duplicate key '{}': line {} has it already, line {} again", key.scalar,
                                          known->second.line, key.mark.line));
    return;
  }
  mapping.drop_value = false;
  mapping.entry.key = std::move(key.scalar);
  mapping.entry.key_mark = key.mark;
}

void TreeBuilder::take_value(Open& mapping, Node value) {
  mapping.has_key = false;
  if (mapping.drop_value) return;
  if (mapping.entry.key == kMergeKey) {
    take_merge(mapping, std::move(value));
    return;
  }
  mapping.entry.value = std::move(value);
  mapping.node.entries.push_back(std::move(mapping.entry));
  mapping.entry = {};
}

void TreeBuilder::take_merge(Open& mapping, Node value) {
  std::vector<Node> sources;
  if (value.is_sequence()) {
    sources = std::move(value.items);
  } else if (!value.is_null()) {
    sources.push_back(std::move(value));
  }
  for (Node& source : sources) {
    if (source.is_mapping()) {
      mapping.merged.push_back(std::move(source));
    } else {
      problems_.error(mapping.entry.key_mark, "'<<' merges a mapping or a list of mappings, such as '<<: *defaults'");
    }
  }
}

// Own keys win over merged ones, and earlier mappings of a list over later ones.
void TreeBuilder::merge(Open& mapping) {
  for (Node& source : mapping.merged) {
    for (Node::Entry& entry : source.entries) {
      bool fresh = mapping.keys.emplace(entry.key, entry.key_mark).second;
      if (fresh) mapping.node.entries.push_back(std::move(entry));
    }
  }
  mapping.merged.clear();
}

}  // namespace base::yaml
