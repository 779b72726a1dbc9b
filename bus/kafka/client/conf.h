// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/kafka/client/client_options.h"

struct rd_kafka_conf_s;

namespace bus::kafka {

// The settings of a client in the making: what tocsin prefers, then what the user wants, then what the guarantees need.
class Conf {
 public:
  Conf();
  Conf(Conf&&) noexcept = default;
  Conf& operator=(Conf&&) noexcept = default;
  ~Conf() = default;

  // Fails with kBadRequest, and never shows the value of a property that holds secrets.
  base::Result<void> set(std::string_view property, const std::string& value);

  rd_kafka_conf_s* get() const { return conf_.get(); }
  // For librdkafka, which owns it from then on.
  rd_kafka_conf_s* release() { return conf_.release(); }

 private:
  struct Destroy {
    void operator()(rd_kafka_conf_s* conf) const;
  };
  std::unique_ptr<rd_kafka_conf_s, Destroy> conf_;
};

base::Result<Conf> conf_of(const ProducerOptions& options);
base::Result<Conf> conf_of(const GroupOptions& options);
// Of a client that only looks.
base::Result<Conf> conf_of(const ClientOptions& options);

}  // namespace bus::kafka
