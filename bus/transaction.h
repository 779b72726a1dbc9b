// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace bus {

// A durable timer of one key of one stage. Setting the same name again moves it.
struct Timer {
  std::string key;
  std::string name;
  base::Time due;
  std::string value;
};

// What one handler call reads and changes. All changes become durable at once, together with the input's position,
// after the handler has returned success; a failed call leaves no trace.
//
// State belongs to (stage, key): a handler sees only the entries of the key it was called for. That is what lets keys
// run at the same time, and lets a key move to another worker with its partition. Not thread-safe: for the coroutine
// that got it. An implementation loads the key's entries before the handler is called, so reading does not block; keep
// them few and small, and erase what is no longer needed.
class Transaction {
 public:
  virtual ~Transaction() = default;

  virtual const std::string& key() const = 0;
  // The pipeline's clock when the handler was called.
  virtual base::Time now() const = 0;
  // Since when this process has run the stage for the key, by the same clock. A record from before it may have been
  // handled in part by whoever ran the stage then; one from after it was not.
  virtual base::Time owned_since() const = 0;

  // The value of an entry, with this transaction's own changes, or nullptr. Valid until the next put or erase.
  virtual const std::string* get(std::string_view table, std::string_view entry) const = 0;
  // All entries of a table, in order of their names.
  virtual std::vector<std::pair<std::string, std::string>> entries(std::string_view table) const = 0;
  virtual void put(std::string_view table, std::string_view entry, std::string value) = 0;
  virtual void erase(std::string_view table, std::string_view entry) = 0;

  virtual void set_timer(std::string_view name, base::Time due, std::string value = {}) = 0;
  virtual void cancel_timer(std::string_view name) = 0;

  virtual void emit(std::string_view topic, std::string key, std::string value) = 0;

  // Adds to a durable counter. Counters only ever add up; they are never reset.
  virtual void count(std::string_view counter, std::int64_t by = 1) = 0;
};

}  // namespace bus
