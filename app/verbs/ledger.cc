// SPDX-License-Identifier: Apache-2.0
#include "app/ledger.h"

#include <nlohmann/json.hpp>

#include "app/table.h"
#include "app/verbs/looking.h"
#include "app/verbs/verbs.h"

namespace app::verbs {

namespace {

std::string as_text(const char* title, const char* in, const Account& account) {
  Table table({title, "COUNT", "REASON"});
  table.add({in, std::to_string(account.in), ""});
  for (const auto& [name, outcome] : account.outcomes) {
    table.add({"  " + name, std::to_string(outcome.total), ""});
    for (const auto& [reason, count] : outcome.by_reason) table.add({"", std::to_string(count), reason});
  }
  table.add({"difference", std::to_string(account.difference()), account.difference() == 0 ? "" : "does not balance"});
  return table.to_string();
}

}  // namespace

int ledger(const LookArgs& args) {
  auto archive = open_archive(args);
  if (!archive) return complain(archive.error());
  auto read = read_ledger(*archive.value());
  if (!read) return complain(read.error());
  const Ledger& books = read.value();
  if (args.output != Output::kTable) {
    print(structured(to_json(books), args.output));
  } else {
    print(as_text("EVENTS", "received", books.events) + "\n" + as_text("DELIVERIES", "made", books.deliveries));
  }
  return books.difference() == 0 ? 0 : 1;
}

}  // namespace app::verbs
