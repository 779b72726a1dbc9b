// SPDX-License-Identifier: Apache-2.0
#include "app/dead_letters.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "app/id_choice.h"
#include "app/ledger.h"
#include "schemas/codec/fields.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"

namespace app {

namespace {

// {"schema":"tocsin.dead_letter_end/1","id":"...","change":"replay"}
constexpr const char* kEndSchema = "tocsin.dead_letter_end/1";

std::string encode_end(const bus::DeadLetter& letter, DeadLetterChange change) {
  return nlohmann::json{
      {"schema", kEndSchema}, {"id", letter.id}, {"change", change == DeadLetterChange::kReplay ? "replay" : "drop"}}
      .dump();
}

// The id of the letter that a record of the topic ends, or an empty string when it is a letter itself.
std::string ended_id(const std::string& value) {
  std::string schema;
  std::string id;
  auto is_read = schemas::codec::read_text(value, "dead letter", [&](schemas::codec::Fields& in) {
    in.optional("schema", schema);
    in.optional("id", id);
  });
  return is_read && schema == kEndSchema ? id : std::string();
}

// What was counted when a letter was written, as a transaction takes it.
struct Counted {
  std::vector<bus::Count> counts;
  void count(std::string counter, std::int64_t by) { counts.push_back({std::move(counter), by}); }
};

// Takes a letter out of what it was counted as when it was written.
std::vector<bus::Count> uncounted(const bus::DeadLetter& letter) {
  namespace ledger = schemas::ledger;
  Counted counted;
  if (std::string sink(schemas::topics::sink_of(letter.topic)); !sink.empty()) {
    counted.count(ledger::with(ledger::kDeliveryDeadLettered, sink + "/" + letter.reason), -1);
  } else {
    ingest::Weight weight = weigh_event(letter.topic, letter.value);
    ledger::count_event(counted, weight.source, ledger::kEventDeadLettered, letter.reason, -weight.events);
  }
  return std::move(counted.counts);
}

}  // namespace

base::Result<std::vector<bus::DeadLetter>> open_dead_letters(const bus::Archive& archive) {
  std::map<std::string, bus::DeadLetter> open;
  BOOST_OUTCOME_TRY(archive.scan(bus::kDeadLetters, 0, [&](const bus::Record& record) {
    if (std::string ended = ended_id(record.value); !ended.empty()) {
      open.erase(ended);
    } else if (auto letter = bus::decode_dead_letter(record.value)) {
      open.insert_or_assign(letter.value().id, std::move(letter.value()));
    }
    return true;
  }));
  std::vector<bus::DeadLetter> letters;
  letters.reserve(open.size());
  for (auto& [id, letter] : open) letters.push_back(std::move(letter));
  std::stable_sort(letters.begin(), letters.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return letters;
}

base::Result<std::vector<bus::DeadLetter>> choose_dead_letters(std::vector<bus::DeadLetter> letters,
                                                               const std::vector<std::string>& ids) {
  std::set<std::string> chosen;
  for (const std::string& id : ids) {
    IdChoice choice(id);
    for (const bus::DeadLetter& letter : letters) choice.offer("", letter.id);
    BOOST_OUTCOME_TRY(auto full, choice.take("no dead letter has an id like"));
    chosen.insert(std::move(full));
  }
  std::erase_if(letters, [&](const bus::DeadLetter& letter) { return !chosen.contains(letter.id); });
  return letters;
}

base::Task<base::Result<void>> change_dead_letters(bus::Bus& bus, std::vector<bus::DeadLetter> letters,
                                                   DeadLetterChange change, bool at_once) {
  std::vector<bus::Outgoing> records;
  std::vector<bus::Count> counts;
  for (const bus::DeadLetter& letter : letters) {
    if (change == DeadLetterChange::kReplay) {
      for (bus::Count& count : uncounted(letter)) counts.push_back(std::move(count));
      records.push_back({letter.topic, letter.key, letter.value});
      if (!at_once) {
        BOOST_OUTCOME_CO_TRY(co_await bus.append(std::exchange(records, {}), std::exchange(counts, {})));
      }
    }
    records.push_back({std::string(bus::kDeadLetters), letter.key, encode_end(letter, change)});
    if (!at_once) {
      BOOST_OUTCOME_CO_TRY(co_await bus.append(std::exchange(records, {})));
    }
  }
  if (records.empty()) co_return base::ok();
  co_return co_await bus.append(std::move(records), std::move(counts));
}

}  // namespace app
