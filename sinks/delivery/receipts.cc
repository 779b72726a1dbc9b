// SPDX-License-Identifier: Apache-2.0
#include "sinks/delivery/receipts.h"

#include "bus/bus.h"
#include "bus/dead_letter.h"
#include "schemas/ledger.h"
#include "schemas/topics.h"
#include "sinks/delivery/stage.h"

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

void emit(const schemas::Receipt& receipt, bus::Transaction& txn) {
  txn.emit(topics::kReceipts, txn.key(), schemas::encode(receipt));
}

}  // namespace

void settle_delivered(const schemas::Delivery& delivery, int attempts, std::string detail, bus::Transaction& txn) {
  auto receipt = receipt_of(delivery, schemas::DeliveryOutcome::kDelivered, txn);
  receipt.attempts = attempts;
  receipt.detail = std::move(detail);
  emit(receipt, txn);
  txn.count(ledger::with(ledger::kDelivered, delivery.sink));
}

void settle_suppressed(const schemas::Delivery& delivery, std::string_view reason, bus::Transaction& txn) {
  auto receipt = receipt_of(delivery, schemas::DeliveryOutcome::kSuppressed, txn);
  receipt.reason = reason;
  emit(receipt, txn);
  txn.count(ledger::with(ledger::with(ledger::kSuppressed, delivery.sink), reason));
}

void settle_dead_lettered(const schemas::Delivery& delivery, int attempts, const base::Error& error,
                          bus::Transaction& txn) {
  auto receipt = receipt_of(delivery, schemas::DeliveryOutcome::kDeadLettered, txn);
  receipt.attempts = attempts;
  receipt.reason = to_string(error.reason);
  receipt.detail = error.message;
  emit(receipt, txn);
  txn.count(ledger::with(ledger::with(ledger::kDeliveryDeadLettered, delivery.sink), receipt.reason));
}

void emit_dead_letter(std::string_view sink, const std::string& value, int attempts, const base::Error& error,
                      bus::Transaction& txn) {
  auto stage = delivery_stage(sink);
  auto topic = topics::deliveries(sink);
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
