// SPDX-License-Identifier: Apache-2.0
#include "app/ledger.h"

#include <cctype>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

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

std::string number_of(const std::map<std::string, Account::Outcome>& outcomes, const std::string& name) {
  auto found = outcomes.find(name);
  return found == outcomes.end() ? "0" : std::to_string(found->second.total);
}

// A line a part, a column an outcome that some part has.
std::string as_text(const char* title, const char* in, const std::map<std::string, Account>& parts) {
  std::set<std::string> outcomes;
  for (const auto& [name, account] : parts) {
    for (const auto& [outcome, counts] : account.outcomes) outcomes.insert(outcome);
  }
  std::vector<std::string> headers{title, in};
  for (std::string name : outcomes) {
    for (char& c : name) c = c == '_' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    headers.push_back(std::move(name));
  }
  headers.emplace_back("DIFFERENCE");
  Table table(std::move(headers));
  for (const auto& [name, account] : parts) {
    std::vector<std::string> cells{name, std::to_string(account.in)};
    for (const auto& outcome : outcomes) cells.push_back(number_of(account.outcomes, outcome));
    cells.push_back(std::to_string(account.difference()));
    table.add(std::move(cells));
  }
  return table.to_string();
}

std::string playbooks_text(const Ledger& books) {
  Table table({"PLAYBOOK", "MATCHED", "TOLD", "LIMITED", "SILENCED"});
  for (const auto& [name, ends] : books.playbooks) {
    auto of = [&ends = ends](const char* end) { return ends.contains(end) ? ends.at(end) : 0; };
    std::int64_t matched = 0;
    for (const auto& [end, count] : ends) matched += count;
    table.add({name, std::to_string(matched), std::to_string(of("told")), std::to_string(of("limited")),
               std::to_string(of("silenced"))});
  }
  return table.to_string();
}

std::string parts_text(const Ledger& books) {
  std::string text;
  if (!books.sources.empty()) text += "\n" + as_text("SOURCE", "RECEIVED", books.sources);
  if (!books.playbooks.empty()) text += "\n" + playbooks_text(books);
  if (!books.sinks.empty()) text += "\n" + as_text("SINK", "MADE", books.sinks);
  return text;
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
    print(as_text("EVENTS", "received", books.events) + "\n" + as_text("DELIVERIES", "made", books.deliveries) +
          parts_text(books));
  }
  return books.difference() == 0 ? 0 : 1;
}

}  // namespace app::verbs
