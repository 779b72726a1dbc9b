// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/yaml/node.h"
#include "base/yaml/parse.h"

namespace base::yaml {

// Builds a Node from the events of a YAML parser: expands aliases and merge keys, refuses duplicate keys, keeps the
// bounds. One document, one thread.
class TreeBuilder {
 public:
  // Identifies an anchor; 0 is none.
  using Anchor = std::size_t;

  TreeBuilder(const Environment& environment, const Limits& limits, Problems& problems)
      : environment_(environment), limits_(limits), problems_(problems) {}

  // Each returns false when a bound is exceeded or the document makes no sense: the problem is added, feed no more.
  bool null(Mark mark, Anchor anchor);
  bool scalar(Mark mark, Anchor anchor, const std::string& hidden, bool quoted);
  bool alias(Mark mark, Anchor anchor);
  bool begin(Node::Kind kind, Mark mark, Anchor anchor);
  bool end();

  // The document, as far as it was read.
  Node take() { return std::move(root_); }

 private:
  // What a tree costs: values, bytes of text, and levels.
  struct Size {
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::size_t levels = 0;
  };
  struct Anchored {
    Node node;
    Size size;
  };
  // A collection that is being read. In a mapping, `key` is read and waits for its value.
  struct Open {
    Node node;
    Anchor anchor = 0;
    bool has_key = false;
    bool drop_value = false;  // The key was refused; its value is read and forgotten.
    Node::Entry entry{};
    std::map<std::string, Mark, std::less<>> keys{};
    std::vector<Node> merged{};
  };

  static Size measure(const Node& node);
  bool spend(Mark mark, const Size& size);
  bool remember(const Node& node, Anchor anchor);
  bool fail(Mark mark, std::string message);
  void attach(Node node);
  void take_key(Open& mapping, Node key);
  void take_value(Open& mapping, Node value);
  void take_merge(Open& mapping, Node value);
  static void merge(Open& mapping);

  const Environment& environment_;
  const Limits& limits_;
  Problems& problems_;
  Size spent_;
  std::vector<Open> open_;
  std::map<Anchor, Anchored> anchors_;
  Node root_;
};

}  // namespace base::yaml
