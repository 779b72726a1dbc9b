// SPDX-License-Identifier: Apache-2.0
#include "schemas/block.h"

#include "schemas/codec/records.h"

namespace schemas {

namespace {

using codec::Fields;
using codec::Writer;

void write_block(Writer& out, const MarkdownBlock& block) {
  out.field("type", "markdown");
  out.field("text", block.text);
}
void read_block(Fields& in, MarkdownBlock& block) { in.required("text", block.text); }

void write_block(Writer& out, const HeaderBlock& block) {
  out.field("type", "header");
  out.field("text", block.text);
}
void read_block(Fields& in, HeaderBlock& block) { in.required("text", block.text); }

void write_block(Writer& out, const DividerBlock&) { out.field("type", "divider"); }
void read_block(Fields&, DividerBlock&) {}

void write_block(Writer& out, const ListBlock& block) {
  out.field("type", "list");
  out.field("items", block.items);
}
void read_block(Fields& in, ListBlock& block) { in.required("items", block.items); }

void write_block(Writer& out, const TableBlock& block) {
  out.field("type", "table");
  out.field_unless_empty("name", block.name);
  out.field("headers", block.headers);
  out.field("rows", block.rows);
}
void read_block(Fields& in, TableBlock& block) {
  in.optional("name", block.name);
  in.required("headers", block.headers);
  in.required("rows", block.rows);
}

// A list of pairs instead of an object: the order counts, and a key may come twice.
void write_block(Writer& out, const KeyValuesBlock& block) {
  out.field("type", "key_values");
  out.field_unless_empty("name", block.name);
  out.key("pairs");
  out.begin_array();
  for (const auto& [key, text] : block.pairs) {
    out.begin_array();
    out.value(key);
    out.value(text);
    out.end_array();
  }
  out.end_array();
}
void read_block(Fields& in, KeyValuesBlock& block) {
  std::vector<std::vector<std::string>> pairs;
  in.required("pairs", pairs);
  in.optional("name", block.name);
  for (std::size_t i = 0; i < pairs.size() && !in.failure(); ++i) {
    if (pairs[i].size() != 2) return in.fail({&in, "pairs", static_cast<std::ptrdiff_t>(i)}, "must have two texts");
    block.pairs.emplace_back(std::move(pairs[i][0]), std::move(pairs[i][1]));
  }
}

void write_block(Writer& out, const FileBlock& block) {
  out.field("type", "file");
  out.field("name", block.name);
  out.field("media_type", block.media_type);
  out.bytes("contents", "contents_base64", block.contents);
}
void read_block(Fields& in, FileBlock& block) {
  in.required("name", block.name);
  in.optional("media_type", block.media_type);
  in.bytes("contents", "contents_base64", block.contents);
}

void write_block(Writer& out, const JsonBlock& block) {
  out.field("type", "json");
  out.field("json", block.json);
}
void read_block(Fields& in, JsonBlock& block) { in.required("json", block.json); }

void write_block(Writer& out, const DiffBlock& block) {
  out.field("type", "diff");
  out.field_unless_empty("name", block.name);
  out.field("changes", block.changes);
}
void read_block(Fields& in, DiffBlock& block) {
  in.optional("name", block.name);
  in.required("changes", block.changes);
}

void write_block(Writer& out, const LinksBlock& block) {
  out.field("type", "links");
  out.field("links", block.links);
}
void read_block(Fields& in, LinksBlock& block) { in.required("links", block.links); }

void write_block(Writer& out, const ChartBlock& block) {
  out.field("type", "chart");
  out.field("chart", block.chart);
}
void read_block(Fields& in, ChartBlock& block) { in.required("chart", block.chart); }

void write_block(Writer& out, const ImageBlock& block) {
  out.field("type", "image");
  out.field("name", block.name);
  out.field("media_type", block.media_type);
  out.field_unless_empty("alt", block.alt);
  out.base64("contents_base64", block.contents);
}
void read_block(Fields& in, ImageBlock& block) {
  in.required("name", block.name);
  in.optional("media_type", block.media_type);
  in.optional("alt", block.alt);
  in.base64("contents_base64", block.contents);
}

template <class T>
void read_as(Fields& in, Block& block) {
  read_block(in, block.emplace<T>());
}

struct Kind {
  std::string_view type;
  void (*read)(Fields&, Block&);
};

constexpr Kind kKinds[] = {
    {"markdown", read_as<MarkdownBlock>}, {"header", read_as<HeaderBlock>}, {"divider", read_as<DividerBlock>},
    {"list", read_as<ListBlock>},         {"table", read_as<TableBlock>},   {"key_values", read_as<KeyValuesBlock>},
    {"file", read_as<FileBlock>},         {"json", read_as<JsonBlock>},     {"diff", read_as<DiffBlock>},
    {"links", read_as<LinksBlock>},       {"chart", read_as<ChartBlock>},   {"image", read_as<ImageBlock>},
};

}  // namespace

void write_fields(Writer& out, const DiffBlock::Change& change) {
  out.field("path", change.path);
  out.field("before", change.before);
  out.field("after", change.after);
}

void read_fields(Fields& in, DiffBlock::Change& change) {
  in.required("path", change.path);
  in.optional("before", change.before);
  in.optional("after", change.after);
}

void write_fields(Writer& out, const Link& link) {
  out.field("name", link.name);
  out.field("url", link.url);
}

void read_fields(Fields& in, Link& link) {
  in.optional("name", link.name);
  in.required("url", link.url);
}

void write_fields(Writer& out, const Block& block) {
  std::visit([&out](const auto& kind) { write_block(out, kind); }, block);
}

void read_fields(Fields& in, Block& block) {
  auto value = in.find("type");
  auto type = value ? codec::text_of(*value) : std::nullopt;
  if (!type) return in.fail({&in, "type"}, "must be text");
  for (const Kind& kind : kKinds) {
    if (kind.type == *type) return kind.read(in, block);
  }
  // Of a later version: what it says is worth more than the record's refusal.
  block = JsonBlock{in.whole_text()};
}

}  // namespace schemas
