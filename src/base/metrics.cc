#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace spillguard::metrics {
namespace {

prometheus::Registry& registry() {
  static prometheus::Registry instance(prometheus::Registry::InsertBehavior::Merge);
  return instance;
}

}  // namespace

void Counter::add(double amount) const {
  static_cast<prometheus::Counter*>(impl_)->Increment(amount);
}
void Gauge::set(double value) const { static_cast<prometheus::Gauge*>(impl_)->Set(value); }
void Gauge::add(double amount) const { static_cast<prometheus::Gauge*>(impl_)->Increment(amount); }
void Histogram::observe(double value) const {
  static_cast<prometheus::Histogram*>(impl_)->Observe(value);
}

Counter counter(std::string_view name, std::string_view help, const Labels& labels) {
  Counter out;
  out.impl_ = &prometheus::BuildCounter()
                   .Name(std::string(name))
                   .Help(std::string(help))
                   .Register(registry())
                   .Add(labels);
  return out;
}

Gauge gauge(std::string_view name, std::string_view help, const Labels& labels) {
  Gauge out;
  out.impl_ = &prometheus::BuildGauge()
                   .Name(std::string(name))
                   .Help(std::string(help))
                   .Register(registry())
                   .Add(labels);
  return out;
}

Histogram histogram(std::string_view name, std::string_view help, const std::vector<double>& bounds,
                    const Labels& labels) {
  Histogram out;
  out.impl_ = &prometheus::BuildHistogram()
                   .Name(std::string(name))
                   .Help(std::string(help))
                   .Register(registry())
                   .Add(labels, bounds);
  return out;
}

std::string exposition() { return prometheus::TextSerializer().Serialize(registry().Collect()); }

}  // namespace spillguard::metrics
