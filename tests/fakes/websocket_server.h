// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace fakes {

// A WebSocket server on a port of the loopback. It goes wrong when a lever says so. Thread-safe. Stops when destroyed.
class WebSocketServer {
 public:
  // How it treats connections from now on.
  enum class Mood {
    kWell,
    kRefusing,  // The handshake is answered with HTTP 403.
    kDumb,      // There is no answer to the handshake.
    kMute,      // There is no greeting.
    kDeaf,      // A greeting, and then it neither reads nor answers pings.
  };

  // Says `greeting` to whoever comes, if it is not empty.
  explicit WebSocketServer(std::string greeting = {});
  ~WebSocketServer();
  WebSocketServer(const WebSocketServer&) = delete;
  WebSocketServer& operator=(const WebSocketServer&) = delete;

  std::uint16_t port() const;
  void set_mood(Mood mood);

  // To the newest connection, or to the oldest that is still there.
  void send(std::string text);
  void send_to_oldest(std::string text);
  // Ends every connection without a word.
  void cut();
  // Says goodbye on every connection. One that is deaf leaves its socket open.
  void close();

  std::vector<std::string> heard() const;       // What came, in order.
  std::vector<std::string> handshakes() const;  // The heads of the requests that became connections.
  int connections() const;                      // That ever came, refused ones too.
  int open() const;                             // That are in use now.
  int pings() const;                            // That came.
  int goodbyes() const;                         // That the other side closed as one should.
  // Waits generously; whether it became true.
  bool wait_until(const std::function<bool()>& condition) const;

 private:
  struct Server;
  std::shared_ptr<Server> server_;
};

}  // namespace fakes
