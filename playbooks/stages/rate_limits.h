// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/transaction.h"
#include "playbooks/playbook.h"

// Rate limits of playbooks: entries of the stage's table "limits", named by the playbook, for the subject that the
// transaction is about (docs/formats/playbooks-state.md).
namespace playbooks {

bool is_limited(const bus::Transaction& txn, const Playbook& playbook);
// Notes a success. Nothing happens for a playbook without a limit.
void spend_limit(bus::Transaction& txn, const Playbook& playbook);
// The subject is well again: the next time is told whatever was spent.
void clear_limits(bus::Transaction& txn);
// For the timers that spend_limit() sets: true if `timer` was one of them.
bool end_limit(bus::Transaction& txn, const bus::Timer& timer);

}  // namespace playbooks
