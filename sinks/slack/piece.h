// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "schemas/block.h"

namespace sinks::slack {

// What a piece of evidence looks like in a message.
enum class PieceKind {
  kFields,    // Names and short values in two columns.
  kLog,       // The last lines of a text, as they are.
  kChart,     // A picture, or its curves as text where there is none.
  kPicture,   // A picture that came as one.
  kEvents,    // A table that tells what Kubernetes did.
  kTable,     // Any other table.
  kText,      // mrkdwn.
  kAnalysis,  // mrkdwn that a model wrote.
  kLabels,    // mrkdwn, small.
  kFile,      // A file in the thread.
};

// One piece of evidence, drawn as far as possible without knowing the ids of files.
struct Piece {
  static constexpr int kNoUpload = -1;

  PieceKind kind = PieceKind::kText;
  std::string title;                           // Clean text, one line.
  std::string text;                            // kLog, kChart: clean text, shown as it is; else mrkdwn.
  std::string alt;                             // Of a picture.
  std::string note;                            // What was cut: "last 20 of 400 lines". Clean text.
  std::vector<std::vector<std::string>> rows;  // kFields: pairs. Tables: clean cells, never empty.
  bool has_header = false;                     // The first row names the columns.
  int upload = kNoUpload;                      // Position of the file with all of it.

  bool is_partial = false;  // That file has not all of it either.

  // Not kept: what it is made from, of how many lines or rows, and how to write its text shorter.
  const schemas::Block* source = nullptr;
  std::size_t total = 0;
  std::function<std::string(std::size_t units)> rewrite;
};

// What a finding shows, as Evidence::json has it.
struct Drawing {
  std::string description;  // mrkdwn.
  std::vector<Piece> pieces;
  std::vector<std::string> missing;  // Clean lines.
  std::size_t left_out = 0;          // Pieces and links that are not shown.
  std::vector<schemas::Link> links;  // is_link() holds of each.
  std::vector<std::string> mentions;
  int whole = Piece::kNoUpload;  // The file with the whole finding.

  std::function<std::string(std::size_t units)> describe;  // Not kept: writes the description shorter.
};

std::string encode(const Drawing& drawing);
// An empty one if it is not what encode() made.
Drawing decode_drawing(const std::string& json);

}  // namespace sinks::slack
