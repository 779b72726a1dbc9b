// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/options/option_set.h"
#include "base/task.h"
#include "base/yaml/node.h"
#include "base/yaml/problems.h"
#include "net/http/client.h"
#include "sinks/inbox.h"
#include "sinks/sink.h"
#include "sinks/sink_options.h"

namespace sinks {

// The machine's clock.
base::Clock& wall_clock();

// What sinks are built with; outlives them.
struct Services {
  net::http::Client& http;
  base::Executor file_pool;  // Where blocking file calls run; never the network's.
  std::string user_agent = "tocsin";
  base::Clock& clock = wall_clock();  // Of the outside world: for time stamps that a receiver compares with its own.
};

// A sink as its section of the configuration describes it.
struct Configured {
  SinkOptions common;
  std::unique_ptr<Sink> sink;         // Null where the section has errors.
  std::shared_ptr<Inbox> inbox = {};  // Null: nobody can say anything back.
};

// A kind of sink, as app/components.cc lists it.
struct SinkType {
  std::string name;  // Robusta's name, the YAML key: "webhook_sink".
  const base::OptionSet* options = nullptr;
  std::function<Configured(const base::yaml::Node& params, const Services& services, base::yaml::Problems& problems)>
      make;
};

// The kinds of sinks by name. A name that is there already is a fault of ours and terminates.
class SinkTypes {
 public:
  void add(SinkType type);
  const SinkType* find(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, SinkType, std::less<>> types_;
};

}  // namespace sinks
