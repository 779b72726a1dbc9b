// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sinks/slack/drawer.h"
#include "sinks/slack/mrkdwn.h"
#include "sinks/slack/pieces.h"

namespace sinks::slack {

namespace {

// Takes a bite, about half of what a kind of piece can give; false once it gives nothing more.
using Step = bool (*)(Drawing& drawing);

Piece* largest(Drawing& drawing, std::size_t least, PieceKind kind, PieceKind other) {
  Piece* found = nullptr;
  for (auto& piece : drawing.pieces) {
    if (piece.kind != kind && piece.kind != other) continue;
    if (shown_count(piece) > (found ? shown_count(*found) : least)) found = &piece;
  }
  return found;
}

bool shorten_rows(Drawing& drawing, PieceKind kind, std::size_t least) {
  auto* piece = largest(drawing, least, kind, kind);
  if (!piece) return false;
  piece->rows.resize(std::max(least, shown_count(*piece) / 2) + (piece->has_header ? 1 : 0));
  return true;
}

bool shorten_events(Drawing& drawing) { return shorten_rows(drawing, PieceKind::kEvents, 3); }
bool shorten_tables(Drawing& drawing) { return shorten_rows(drawing, PieceKind::kTable, 3); }
bool drop_to_one_row(Drawing& drawing) {
  return shorten_rows(drawing, PieceKind::kEvents, 1) || shorten_rows(drawing, PieceKind::kTable, 1);
}

bool keep_last_lines(Drawing& drawing, std::size_t least) {
  auto* piece = largest(drawing, least, PieceKind::kLog, PieceKind::kLog);
  if (!piece) return false;
  std::size_t drop = shown_count(*piece) - std::max(least, shown_count(*piece) * 2 / 3);
  for (; drop > 0; --drop) piece->text.erase(0, piece->text.find('\n') + 1);
  return true;
}
bool shorten_logs(Drawing& drawing) { return keep_last_lines(drawing, 12); }
bool shorten_logs_more(Drawing& drawing) { return keep_last_lines(drawing, 3); }

bool drop_labels(Drawing& drawing) {
  std::size_t dropped =
      std::erase_if(drawing.pieces, [](const Piece& piece) { return piece.kind == PieceKind::kLabels; });
  drawing.left_out += dropped;
  return dropped > 0;
}

bool drop_last(Drawing& drawing) {
  if (drawing.pieces.empty()) return false;
  drawing.pieces.pop_back();
  ++drawing.left_out;
  return true;
}

bool shorten_texts(Drawing& drawing) {
  Piece* found = nullptr;
  constexpr std::size_t kLeast = 400;
  for (auto& piece : drawing.pieces) {
    if (piece.rewrite && length(piece.text) > (found ? length(found->text) : kLeast)) found = &piece;
  }
  if (!found) return false;
  found->text = found->rewrite(std::max(kLeast, length(found->text) / 2));
  return true;
}

constexpr Step kSteps[] = {shorten_events, shorten_logs,      shorten_tables,  drop_labels,
                           shorten_texts,  shorten_logs_more, drop_to_one_row, drop_last};

}  // namespace

void cut_to(Drawing& drawing, std::size_t limit) {
  for (Step step : kSteps) {
    while (encode(drawing).size() > limit && step(drawing)) {
    }
  }
  // What is left: 1,500 characters of description, which may have four bytes each, and 3,000 bytes of links.
  for (std::size_t units = 1000; encode(drawing).size() > limit && units > 60; units /= 2) {
    if (drawing.describe) drawing.description = drawing.describe(units);
    if (drawing.missing.size() > 1) drawing.missing.pop_back();
  }
}

}  // namespace sinks::slack
