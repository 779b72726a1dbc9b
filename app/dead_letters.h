// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "bus/archive.h"
#include "bus/bus.h"
#include "bus/dead_letter.h"

namespace app {

// What may be done with a dead letter. Both leave a note on the dead-letter topic that takes it off the list; the
// letter itself stays until its age ends it.
enum class DeadLetterChange { kReplay, kDrop };

// The letters that are still to be dealt with, oldest first.
base::Result<std::vector<bus::DeadLetter>> open_dead_letters(const bus::Archive& archive);

// Those that the ids, or their beginnings, mean. Fails as IdChoice does where one of them means none or several.
base::Result<std::vector<bus::DeadLetter>> choose_dead_letters(std::vector<bus::DeadLetter> letters,
                                                               const std::vector<std::string>& ids);

// Puts letters back to where they were (taking them out of the ledger's dead-lettered again) or drops them. All or none
// where the bus appends `at_once`; else one after the other, each put back before it is taken off the list: what fails
// in between can be played once more, and is recognised as a repeat.
base::Task<base::Result<void>> change_dead_letters(bus::Bus& bus, std::vector<bus::DeadLetter> letters,
                                                   DeadLetterChange change, bool at_once = true);

}  // namespace app
