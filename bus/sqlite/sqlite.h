// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace bus::sqlite {

// What SQLite answered when it did not do as told. Thrown inside bus only; the threads that own a connection
// turn it into base::Error.
class SqliteError : public std::runtime_error {
 public:
  SqliteError(int code, const std::string& text) : std::runtime_error(text), code_(code) {}

  // The file is damaged or is no database: waiting does not help.
  bool is_damage() const;
  base::Error to_error() const;

 private:
  int code_;
};

// A prepared statement, kept and used again. For the thread of its connection.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* database, std::string_view sql);

  // Parameters count from 1. Bound text must live until reset().
  Statement& bind(int parameter, std::int64_t number);
  Statement& bind(int parameter, std::string_view text);
  Statement& bind_null(int parameter);
  // Whether there is a row to read.
  bool step();
  void reset();
  // For statements without rows.
  void run();

  // Columns count from 0. Text lives until the next step() or reset().
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  bool is_null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Resets a statement however its scope is left, so that no read transaction stays open.
class Rows {
 public:
  explicit Rows(Statement& statement) : statement_(statement) {}
  ~Rows() { statement_.reset(); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  bool next() { return statement_.step(); }

 private:
  Statement& statement_;
};

// An open database file. For one thread at a time.
class Connection {
 public:
  enum class Mode { kReadWrite, kReadOnly, kFrozen };  // Frozen: nobody writes and no side file may be made.

  Connection(const std::filesystem::path& file, Mode mode);

  void execute(const std::string& sql);
  Statement prepare(std::string_view sql);
  // The first column of the first row, or 0.
  std::int64_t number(const std::string& sql);
  std::string text(const std::string& sql);
  // Ends a transaction that failed, if it is still open.
  void roll_back() noexcept;
  std::int64_t changes() const;
  // What was committed to the write-ahead log so far survives the loss of power from now on. For connections that
  // commit with synchronous=NORMAL, which keeps commits whole and in order but may lose the last ones.
  void sync_log();

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace bus::sqlite
