// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "bus/sqlite/sqlite.h"

namespace bus::embedded {

// The tables of the log. Every byte of them: docs/formats/embedded-log.md.
inline constexpr int kFormatVersion = 1;

std::filesystem::path database_file(const std::filesystem::path& data_dir);

// The table of a topic's records.
std::string records_table(std::int64_t topic_id);

// Opens the log for its one writer: creates what is missing, refuses what is damaged, foreign or of a newer format with
// the way out in the message. `durable` off trades every guarantee for speed: for logs that live as long as the
// process.
base::Result<sqlite::Connection> open_for_writing(const std::filesystem::path& data_dir, bool durable);
// Opens it beside the writer; kNotFound when there is none.
base::Result<sqlite::Connection> open_for_reading(const std::filesystem::path& data_dir);

// What to say of a file that SQLite calls damaged.
base::Error damaged(const std::filesystem::path& data_dir, const std::string& what);

}  // namespace bus::embedded
