// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/client_options.h"

#include <utility>

namespace bus::kafka {

ProducerOptions intake_producer(ClientOptions client) {
  ProducerOptions options;
  options.client = std::move(client);
  options.name = "intake";
  options.message_timeout = std::chrono::seconds(5);  // Alertmanager gives up a notification after 10 s.
  return options;
}

ProducerOptions stage_producer(ClientOptions client) {
  ProducerOptions options;
  options.client = std::move(client);
  options.name = "stages";
  return options;
}

}  // namespace bus::kafka
