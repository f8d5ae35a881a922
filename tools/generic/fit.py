"""Logistic regression with signs given: plain Python, the same on every machine for the same input."""
import math
import random


def fit(rows, signs, l2=0.002, epochs=40, seed=1, rate=0.05):
    """rows: [([(feature, value)…], label, weight)]; signs: +1, -1 or 0 (free) by feature. Weights of the log odds."""
    count = len(signs)
    weights, squares, moments = [0.0] * count, [1e-8] * count, [0.0] * count
    # Same rows count once, with their weights together.
    merged = {}
    for features, label, weight in rows:
        key = (tuple(features), label)
        merged[key] = merged.get(key, 0.0) + weight
    data = [(f, y, w) for (f, y), w in sorted(merged.items())]
    total = sum(w for _, _, w in data)
    scale = len(data) / total
    order = random.Random(seed)
    batch = 64
    step = 0
    for epoch in range(epochs):
        order.shuffle(data)
        lr = rate * (0.5 + 0.5 * math.cos(math.pi * epoch / epochs)) + 1e-4
        for at in range(0, len(data), batch):
            gradient = {}
            part = data[at:at + batch]
            for features, label, weight in part:
                z = sum(weights[i] * v for i, v in features)
                p = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))
                error = (p - label) * weight * scale
                for i, v in features:
                    gradient[i] = gradient.get(i, 0.0) + error * v
            step += 1
            for i, g in gradient.items():
                g = g / len(part) + l2 * weights[i] * (0 if i == 0 else 1)
                moments[i] = 0.9 * moments[i] + 0.1 * g
                squares[i] = 0.999 * squares[i] + 0.001 * g * g
                correction = math.sqrt(1 - 0.999 ** min(step, 5000))
                weights[i] -= lr * moments[i] * correction / (math.sqrt(squares[i]) + 1e-6)
                if signs[i] * weights[i] < 0:
                    weights[i] = 0.0
    return weights


def log_odds(weights, features):
    return sum(weights[i] * v for i, v in features)
