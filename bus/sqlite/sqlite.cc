// SPDX-License-Identifier: Apache-2.0
#include "bus/sqlite/sqlite.h"

#include <sqlite3.h>

#include <system_error>

namespace bus::sqlite {

namespace {

[[noreturn]] void fail(sqlite3* database, int code) {
  std::string text = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  if (int number = database != nullptr ? sqlite3_system_errno(database) : 0; number != 0) {
    text += " (" + std::generic_category().message(number) + ")";
  }
  throw SqliteError(code, text);
}

int open_flags(Connection::Mode mode) {
  if (mode == Connection::Mode::kReadWrite) return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  return SQLITE_OPEN_READONLY;
}

// SQLite's URI form, with the characters that mean something in it escaped: https://www.sqlite.org/uri.html
std::string to_uri(const std::filesystem::path& file, Connection::Mode mode) {
  std::string uri = "file:";
  for (char c : std::filesystem::absolute(file).string()) {
    if (c == '%') {
      uri += "%25";
    } else if (c == '?') {
      uri += "%3f";
    } else if (c == '#') {
      uri += "%23";
    } else {
      uri += c;
    }
  }
  return mode == Connection::Mode::kFrozen ? uri + "?immutable=1" : uri;
}

}  // namespace

bool SqliteError::is_damage() const {
  int primary = code_ & 0xff;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

base::Error SqliteError::to_error() const {
  switch (code_ & 0xff) {
    case SQLITE_FULL:
      return base::passing(base::Reason::kFull, "the log can't grow: " + std::string(what()));
    case SQLITE_TOOBIG:
      return base::permanent(base::Reason::kTooLarge, what());
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return base::passing(base::Reason::kUnavailable, "no access: " + std::string(what()));
    default:
      return base::passing(base::Reason::kUnavailable, what());
  }
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) fail(database, code);
}

Statement& Statement::bind(int parameter, std::int64_t number) {
  int code = sqlite3_bind_int64(statement_.get(), parameter, number);
  if (code != SQLITE_OK) fail(sqlite3_db_handle(statement_.get()), code);
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
  // A null pointer would bind NULL.
  const char* begin = text.data() != nullptr ? text.data() : "";
  int code = sqlite3_bind_text64(statement_.get(), parameter, begin, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) fail(sqlite3_db_handle(statement_.get()), code);
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  int code = sqlite3_bind_null(statement_.get(), parameter);
  if (code != SQLITE_OK) fail(sqlite3_db_handle(statement_.get()), code);
  return *this;
}

bool Statement::step() {
  int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3* database = sqlite3_db_handle(statement_.get());
  SqliteError error(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
  int number = sqlite3_system_errno(database);
  sqlite3_reset(statement_.get());
  if (number == 0) throw error;
  throw SqliteError(code, std::string(error.what()) + " (" + std::generic_category().message(number) + ")");
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

void Statement::run() {
  step();
  reset();
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string_view Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(bytes), size);
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

void Connection::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Connection::Connection(const std::filesystem::path& file, Mode mode) {
  sqlite3* database = nullptr;
  int code = sqlite3_open_v2(to_uri(file, mode).c_str(), &database,
                             open_flags(mode) | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(database);
  if (code != SQLITE_OK) fail(database, code);
  sqlite3_extended_result_codes(database, 1);
  // Two writers never meet; this covers a reader that recovers the log's index after a crash.
  sqlite3_busy_timeout(database, 5000);
}

void Connection::execute(const std::string& sql) {
  int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(database_.get(), sqlite3_extended_errcode(database_.get()));
}

Statement Connection::prepare(std::string_view sql) { return Statement(database_.get(), sql); }

std::int64_t Connection::number(const std::string& sql) {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string Connection::text(const std::string& sql) {
  Statement statement = prepare(sql);
  return statement.step() ? std::string(statement.text(0)) : std::string();
}

void Connection::roll_back() noexcept {
  if (sqlite3_get_autocommit(database_.get()) == 0) {
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

// https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntljournalpointer: in WAL mode that is its file.
void Connection::sync_log() {
  sqlite3_file* log = nullptr;
  int code = sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  // Without a method table the file is not open: nothing was committed since it was folded into the database.
  if (code == SQLITE_OK && log != nullptr && log->pMethods != nullptr) {
    code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
  }
  if (code != SQLITE_OK) throw SqliteError(code, sqlite3_errstr(code));
}

std::int64_t Connection::changes() const { return sqlite3_changes64(database_.get()); }

}  // namespace bus::sqlite
