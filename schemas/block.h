// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/chart.h"
#include "base/result.h"

namespace schemas {

// Where to read on: a name to show and an address.
struct Link {
  std::string name;
  std::string url;
  friend bool operator==(const Link&, const Link&) = default;
};

// The pieces that evidence is made of. Sinks decide how each looks.
struct MarkdownBlock {
  std::string text;  // CommonMark.
  friend bool operator==(const MarkdownBlock&, const MarkdownBlock&) = default;
};
struct HeaderBlock {
  std::string text;
  friend bool operator==(const HeaderBlock&, const HeaderBlock&) = default;
};
struct DividerBlock {
  friend bool operator==(const DividerBlock&, const DividerBlock&) = default;
};
struct ListBlock {
  std::vector<std::string> items;
  friend bool operator==(const ListBlock&, const ListBlock&) = default;
};
struct TableBlock {
  std::string name;
  std::vector<std::string> headers;
  std::vector<std::vector<std::string>> rows;
  friend bool operator==(const TableBlock&, const TableBlock&) = default;
};
struct KeyValuesBlock {
  std::string name;
  std::vector<std::pair<std::string, std::string>> pairs;
  friend bool operator==(const KeyValuesBlock&, const KeyValuesBlock&) = default;
};
// A file by content: log excerpts, YAML. Contents are bytes (base64 in JSON when they are not UTF-8).
struct FileBlock {
  std::string name;
  std::string media_type;
  std::string contents;
  friend bool operator==(const FileBlock&, const FileBlock&) = default;
};
struct JsonBlock {
  std::string json;  // A JSON text.
  friend bool operator==(const JsonBlock&, const JsonBlock&) = default;
};
struct DiffBlock {
  struct Change {
    std::string path;
    std::string before;
    std::string after;
    friend bool operator==(const Change&, const Change&) = default;
  };
  std::string name;
  std::vector<Change> changes;
  friend bool operator==(const DiffBlock&, const DiffBlock&) = default;
};
struct LinksBlock {
  std::vector<Link> links;
  friend bool operator==(const LinksBlock&, const LinksBlock&) = default;
};
struct ChartBlock {
  base::Chart chart;
  friend bool operator==(const ChartBlock&, const ChartBlock&) = default;
};
// A picture that came as one; charts travel as numbers instead.
struct ImageBlock {
  std::string name;
  std::string media_type;
  std::string alt;
  std::string contents;  // Bytes; base64 in JSON.
  friend bool operator==(const ImageBlock&, const ImageBlock&) = default;
};

using Block = std::variant<MarkdownBlock, HeaderBlock, DividerBlock, ListBlock, TableBlock, KeyValuesBlock, FileBlock,
                           JsonBlock, DiffBlock, LinksBlock, ChartBlock, ImageBlock>;

}  // namespace schemas
