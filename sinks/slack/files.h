// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sinks/slack/api.h"
#include "sinks/slack/message.h"

namespace sinks::slack {

// Slack's external upload (https://docs.slack.dev/messaging/working-with-files#upload): ask for a URL, post the bytes,
// complete. A file can be used a while after that, when it has a type.
class Files {
 public:
  // Where a file belongs, if not to the app alone.
  struct Thread {
    std::string channel;
    std::string ts;
  };

  explicit Files(Api& api) : api_(api) {}

  // Uploads one file, which belongs to the app alone: its id.
  base::Task<Called<std::string>> upload(Upload file, base::Deadline deadline);
  // Uploads some and puts them into a thread as one message: their ids, in order.
  base::Task<Called<std::vector<std::string>>> share(std::vector<Upload> files, Thread into, base::Deadline deadline);
  // Whether a message may show it by now.
  base::Task<Called<bool>> is_usable(std::string id, base::Deadline deadline);

 private:
  base::Task<Called<std::string>> put(const Upload& file, base::Deadline deadline);

  Api& api_;
};

}  // namespace sinks::slack
