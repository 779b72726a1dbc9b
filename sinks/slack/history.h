// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.h"
#include "sinks/slack/api.h"

namespace sinks::slack {

// Finds messages of ours in a channel again by their metadata (sinks/slack/message.h), and channels by their names.
// Thread-safe. Needs the scopes to read both, and membership.
//
// What was read of a channel is kept, so that a backlog after a restart costs one read a channel: the ids of as many
// incidents as kMostPages hold, some 200 bytes each, of at most kMostChannels channels: 100 MB at the very worst, and
// 400 KB for a busy channel in practice.
class History {
 public:
  static constexpr int kMostPages = 10;
  static constexpr std::size_t kMostChannels = 256;

  // A message of ours.
  struct Message {
    std::string ts;
    bool has_thread = false;
  };

  History(Api& api, base::Clock& clock) : api_(api), clock_(clock) {}

  // The newest message of the incident in the channel, posted at or after `posted_from`. What was read before
  // `read_after` does not count. nullopt: there is none. Fails where the channel can't be read.
  base::Task<Called<std::optional<Message>>> find(std::string channel, std::string incident, base::Time posted_from,
                                                  base::Time read_after, base::Deadline deadline);

  // The same in the thread of a message, however long ago it was posted.
  base::Task<Called<std::optional<Message>>> find_in_thread(std::string channel, std::string ts, std::string incident,
                                                            base::Deadline deadline);

  // Whether the thread of a message has the reply that a delivery makes.
  base::Task<Called<bool>> has_reply(std::string channel, std::string ts, std::string delivery,
                                     base::Deadline deadline);

  // The id of a channel, which may be written as its name or its id. kChannel: none that the app may see.
  base::Task<Called<std::string>> channel_id(std::string channel, base::Deadline deadline);
  // The same as far as it is known already, else as it is written.
  std::string known_id(const std::string& channel);
  // What posting has told of it.
  void learn(const std::string& channel, const std::string& id);

 private:
  struct Page {
    base::Time read;
    base::Time from;
    std::map<std::string, Message> by_incident;
  };
  const Page* cached(const std::string& channel, base::Time posted_from, base::Time read_after) const;
  base::Task<Called<Page>> read(std::string channel, base::Time posted_from, base::Deadline deadline);

  Api& api_;
  base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Page> pages_;
  std::map<std::string, std::string> ids_;  // By name.
};

}  // namespace sinks::slack
