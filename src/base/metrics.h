// Counters, gauges and histograms for Prometheus. One registry for the process; names start with
// "spillguard_". Asking twice for the same name and labels gives the same metric. Thread-safe.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace spillguard::metrics {

using Labels = std::map<std::string, std::string>;

class Counter {
 public:
  void add(double amount = 1) const;

 private:
  friend Counter counter(std::string_view, std::string_view, const Labels&);
  void* impl_ = nullptr;
};

class Gauge {
 public:
  void set(double value) const;
  void add(double amount) const;

 private:
  friend Gauge gauge(std::string_view, std::string_view, const Labels&);
  void* impl_ = nullptr;
};

class Histogram {
 public:
  void observe(double value) const;

 private:
  friend Histogram histogram(std::string_view, std::string_view, const std::vector<double>&,
                             const Labels&);
  void* impl_ = nullptr;
};

// The handles are cheap to copy and live as long as the program.
Counter counter(std::string_view name, std::string_view help, const Labels& labels = {});
Gauge gauge(std::string_view name, std::string_view help, const Labels& labels = {});
Histogram histogram(std::string_view name, std::string_view help, const std::vector<double>& bounds,
                    const Labels& labels = {});

// Everything in Prometheus' text format.
std::string exposition();

}  // namespace spillguard::metrics
