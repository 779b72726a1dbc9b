// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "charts/chart.h"
#include "sinks/render/shrink.h"
#include "sinks/render/text.h"
#include "sinks/slack/drawer.h"
#include "sinks/slack/message.h"
#include "sinks/slack/mrkdwn.h"
#include "sinks/slack/pieces.h"

namespace sinks::slack {

namespace {

// kMostUploads is their sum and one more for the whole finding.
constexpr std::size_t kMostImages = 3;
constexpr std::size_t kMostFiles = 5;
static_assert(kMostImages + kMostFiles + 1 == kMostUploads);

std::size_t file_limit(const Style& style) {
  return static_cast<std::size_t>(std::max<std::int64_t>(style.max_log_file_limit_kb, 1)) * 1000;
}

// As many bytes of a text as may be uploaded, the last ones.
std::string last_bytes(const std::string& text, const Style& style) {
  auto limit = file_limit(style);
  return cut_front(clean(cut_front(text, limit)), limit);  // What was not UTF-8 is longer now.
}

std::string file_name(std::string_view name, std::string_view otherwise) {
  std::string plain = cut(clean_line(name.substr(0, 256)), 80);
  std::replace(plain.begin(), plain.end(), '/', '-');
  return plain.empty() ? std::string(otherwise) : plain;
}

// Image blocks show these (https://docs.slack.dev/reference/block-kit/blocks/image-block).
bool is_shown(std::string_view media_type) {
  return media_type == "image/png" || media_type == "image/jpeg" || media_type == "image/gif";
}

base::Result<std::string> paint_png(const base::Chart& chart) {
  constexpr charts::PngOptions kSize{.width = 800, .height = 360, .scale = 2};  // Sharp on dense screens.
  return charts::render_png(chart, kSize);
}

// Files of a drawing's pieces, in their order.
class Uploads {
 public:
  Uploads(const schemas::Finding& finding, const Style& style, const Painter& paint)
      : finding_(finding), style_(style), paint_(paint ? paint : Painter(paint_png)) {}

  std::vector<Upload> of(Drawing& drawing) {
    if (!style_.uploads) return {};
    for (auto& piece : drawing.pieces) {
      if (piece.source) std::visit([&](const auto& block) { add(block, piece); }, *piece.source);
    }
    if (needs_whole_ || drawing.left_out > 0) add_whole(drawing);
    return std::move(made_);
  }

  // Of a chart; empty: none had to do without its picture.
  const std::string& why_not_painted() const { return why_not_painted_; }

 private:
  void put(Upload upload, Piece& piece) {
    auto& count = upload.is_image ? images_ : files_;
    if (count == (upload.is_image ? kMostImages : kMostFiles) || upload.contents.empty()) return;
    ++count;
    piece.upload = static_cast<int>(made_.size());
    made_.push_back(std::move(upload));
  }

  void add(const schemas::ChartBlock& block, Piece& piece) {
    if (images_ == kMostImages) return;
    auto png = paint_(block.chart);
    if (!png) {
      why_not_painted_ = png.error().message;
      return;
    }
    put({.name = "chart.png",
         .title = piece.title,
         .alt = piece.alt,
         .media_type = "image/png",
         .contents = std::move(png.value()),
         .is_image = true},
        piece);
  }

  void add(const schemas::ImageBlock& block, Piece& piece) {
    put({.name = file_name(block.name, "picture"),
         .title = piece.title,
         .alt = piece.alt,
         .media_type = block.media_type,
         .contents = block.contents,
         .is_image = is_shown(block.media_type)},
        piece);
  }

  void add(const schemas::FileBlock& block, Piece& piece) {
    bool is_log = piece.kind == PieceKind::kLog;
    bool is_shown_whole = is_log && shown_count(piece) >= piece.total && piece.text.find("…") == std::string::npos;
    if (is_shown_whole) return;
    constexpr std::size_t kLargestBinary = 10'000'000;
    if (!is_log && block.contents.size() > kLargestBinary) return;
    put({.name = file_name(block.name, "evidence.log"),
         .title = piece.title,
         .alt = {},
         .media_type = is_log ? "text/plain" : block.media_type,
         .contents = is_log ? last_bytes(block.contents, style_) : block.contents},
        piece);
    piece.is_partial = is_log && block.contents.size() > file_limit(style_);
  }

  template <class Block>
  void add(const Block&, Piece& piece) {
    bool is_short_text = piece.kind == PieceKind::kText || piece.kind == PieceKind::kAnalysis;
    if (is_short_text ? piece.text.ends_with("…") : shown_count(piece) < piece.total) needs_whole_ = true;
    if (!piece.note.empty()) needs_whole_ = true;
  }

  void add_whole(Drawing& drawing) {
    constexpr TextOptions kEverything{.width = 200, .colour = false, .max_lines = 5'000};
    drawing.whole = static_cast<int>(made_.size());
    made_.push_back({.name = "finding.txt",
                     .title = "The whole finding",
                     .alt = {},
                     .media_type = "text/plain",
                     .contents = cut_text(render_text(finding_, kEverything), file_limit(style_))});
  }

  const schemas::Finding& finding_;
  const Style& style_;
  const Painter paint_;
  std::string why_not_painted_;
  std::vector<Upload> made_;
  std::size_t images_ = 0;
  std::size_t files_ = 0;
  bool needs_whole_ = false;
};

// "last 20 of 400 lines", where the piece does not show all.
std::string part_text(const Piece& piece) {
  std::size_t shown = shown_count(piece);
  if (piece.kind == PieceKind::kLog && shown < piece.total) {
    return fmt::format("last {} of {} lines", shown, piece.total);
  }
  bool is_table = piece.kind == PieceKind::kTable || piece.kind == PieceKind::kEvents;
  return is_table && shown < piece.total ? fmt::format("{} of {} rows", shown, piece.total) : piece.note;
}

bool is_analysis(const Piece& piece) { return piece.kind == PieceKind::kAnalysis; }

// What is too much is left out of the drawing, from the last; nullopt if that is not enough.
std::optional<std::string> with_pieces(Drawing drawing, std::vector<Piece> added, std::optional<int> uploads_before) {
  auto own = static_cast<std::ptrdiff_t>(drawing.pieces.size());
  for (auto& piece : added) {
    bool is_kept = piece.upload != Piece::kNoUpload && uploads_before;
    piece.upload = is_kept ? piece.upload + *uploads_before : Piece::kNoUpload;
    drawing.pieces.push_back(std::move(piece));
  }
  for (;;) {
    std::string json = encode(drawing);
    if (json.size() <= kEvidenceBytes && drawing.pieces.size() <= kMostPieces + 1) return json;
    do {
      if (--own < 0) return std::nullopt;
    } while (is_analysis(drawing.pieces[static_cast<std::size_t>(own)]));
    drawing.pieces.erase(drawing.pieces.begin() + own);
    ++drawing.left_out;
  }
}

}  // namespace

Evidence draw(const schemas::Finding& finding, const Style& style, const Painter& paint) {
  // What uploads and notes of cuts add to a piece: `"file":3,"note":"last 20 of 400000 lines","partial":true`.
  constexpr std::size_t kPerPiece = 64;
  // Why charts are not pictures: so many characters of at most three bytes, as four-byte ones count twice.
  constexpr std::size_t kLongestReason = 160;
  auto drawing = drawing_of(finding, style);
  cut_to(drawing, kEvidenceBytes - 256 - 3 * kLongestReason - kPerPiece * drawing.pieces.size());
  for (auto& piece : drawing.pieces) piece.note = part_text(piece);
  Evidence evidence;
  Uploads uploads(finding, style, paint);
  evidence.uploads = uploads.of(drawing);
  if (const auto& why = uploads.why_not_painted(); !why.empty()) {
    drawing.missing.push_back(cut(clean_line("graphs are shown as text: " + why.substr(0, 1024)), kLongestReason));
  }
  evidence.json = encode(drawing);
  return evidence;
}

std::string join(const std::string& evidence, const std::string& analysis, std::optional<int> uploads_before) {
  auto drawing = decode_drawing(evidence);
  std::erase_if(drawing.pieces, is_analysis);
  auto pieces = decode_drawing(analysis).pieces;
  std::erase_if(pieces, [](const Piece& piece) { return !is_analysis(piece); });
  return with_pieces(std::move(drawing), std::move(pieces), uploads_before).value_or(evidence);
}

std::string join_late(const std::string& evidence, const std::string& late, const std::string& action,
                      int uploads_before) {
  auto drawing = decode_drawing(evidence);
  auto added = decode_drawing(late);
  std::erase_if(drawing.missing, [&](const std::string& line) { return line.starts_with(action + ": "); });
  drawing.missing.insert(drawing.missing.end(), added.missing.begin(), added.missing.end());
  drawing.left_out += added.left_out;
  return with_pieces(std::move(drawing), std::move(added.pieces), uploads_before).value_or(evidence);
}

bool brings_evidence(const schemas::Transition& transition) {
  const auto& finding = transition.finding;
  return finding.state == schemas::FindingState::kFiring && !finding.repeat && transition.cause != "quiet_time";
}

}  // namespace sinks::slack
