// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/receipts.h"

#include "bus/bus.h"
#include "bus/dead_letter.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"

namespace sinks {

namespace ledger = schemas::ledger;
namespace topics = schemas::topics;

namespace {

schemas::Receipt receipt_of(const schemas::Delivery& delivery, schemas::DeliveryOutcome outcome,
                            const bus::Transaction& txn) {
  auto receipt = schemas::receipt_of(delivery.transition, delivery.id, delivery.sink, outcome);
  receipt.at = txn.now();
  return receipt;
}

schemas::Receipt receipt_of(const FoldedDelivery& folded, std::string_view sink, schemas::DeliveryOutcome outcome,
                            const bus::Transaction& txn) {
  auto receipt = sinks::receipt_of(folded, sink, outcome);
  receipt.at = txn.now();
  return receipt;
}

void emit(const schemas::Receipt& receipt, const std::string& incident_key, bus::Transaction& txn) {
  txn.emit(topics::kReceipts, incident_key, schemas::encode(receipt));
}

void count_suppressed(std::string_view sink, std::string_view reason, bus::Transaction& txn) {
  txn.count(ledger::with(ledger::with(ledger::kSuppressed, sink), reason));
}

void count_dead_lettered(const schemas::Receipt& receipt, bus::Transaction& txn) {
  txn.count(ledger::with(ledger::with(ledger::kDeliveryDeadLettered, receipt.sink), receipt.reason));
}

void add_failure(schemas::Receipt& receipt, int attempts, const base::Error& error) {
  receipt.attempts = attempts;
  receipt.reason = to_string(error.reason);
  receipt.detail = error.message;
}

}  // namespace

void settle_delivered(const schemas::Delivery& delivery, int attempts, std::string detail, bus::Transaction& txn) {
  auto receipt = receipt_of(delivery, schemas::DeliveryOutcome::kDelivered, txn);
  receipt.attempts = attempts;
  receipt.detail = std::move(detail);
  emit(receipt, txn.key(), txn);
  txn.count(ledger::with(ledger::kDelivered, delivery.sink));
}

void settle_suppressed(const schemas::Delivery& delivery, std::string_view reason, bus::Transaction& txn) {
  settle_suppressed(delivery, reason, 0, {}, txn);
}

void settle_suppressed(const schemas::Delivery& delivery, std::string_view reason, int attempts, std::string detail,
                       bus::Transaction& txn) {
  auto receipt = receipt_of(delivery, schemas::DeliveryOutcome::kSuppressed, txn);
  receipt.reason = reason;
  receipt.attempts = attempts;
  receipt.detail = std::move(detail);
  emit(receipt, txn.key(), txn);
  count_suppressed(delivery.sink, reason, txn);
}

void settle_delivered(const FoldedDelivery& folded, const Digest& digest, int attempts, const std::string& detail,
                      bus::Transaction& txn) {
  auto receipt = receipt_of(folded, digest.sink, schemas::DeliveryOutcome::kDelivered, txn);
  receipt.attempts = attempts;
  receipt.reason = "in_digest";
  receipt.detail = "digest " + digest.id + ": " + detail;
  emit(receipt, folded.incident_key, txn);
  txn.count(ledger::with(ledger::with(ledger::kDelivered, digest.sink), receipt.reason));
}

void settle_suppressed(const FoldedDelivery& folded, std::string_view sink, std::string_view reason,
                       bus::Transaction& txn, int attempts, std::string detail) {
  auto receipt = receipt_of(folded, sink, schemas::DeliveryOutcome::kSuppressed, txn);
  receipt.reason = reason;
  receipt.attempts = attempts;
  receipt.detail = std::move(detail);
  emit(receipt, folded.incident_key, txn);
  count_suppressed(sink, reason, txn);
}

void settle_dead_lettered(const schemas::Delivery& delivery, int attempts, const base::Error& error,
                          bus::Transaction& txn) {
  auto receipt = receipt_of(delivery, schemas::DeliveryOutcome::kDeadLettered, txn);
  add_failure(receipt, attempts, error);
  emit(receipt, txn.key(), txn);
  count_dead_lettered(receipt, txn);
}

void settle_dead_lettered(const FoldedDelivery& folded, std::string_view sink, int attempts, const base::Error& error,
                          bus::Transaction& txn) {
  auto receipt = receipt_of(folded, sink, schemas::DeliveryOutcome::kDeadLettered, txn);
  add_failure(receipt, attempts, error);
  emit(receipt, folded.incident_key, txn);
  count_dead_lettered(receipt, txn);
}

void emit_dead_letter(const std::string& stage, const std::string& topic, const std::string& value, int attempts,
                      const base::Error& error, bus::Transaction& txn) {
  bus::DeadLetter letter{.id = bus::dead_letter_id(stage, topic, txn.key(), value),
                         .stage = stage,
                         .topic = topic,
                         .key = txn.key(),
                         .value = value,
                         .reason = std::string(to_string(error.reason)),
                         .message = error.message,
                         .attempts = attempts,
                         .at = txn.now()};
  txn.emit(bus::kDeadLetters, txn.key(), bus::encode(letter));
}

}  // namespace sinks
