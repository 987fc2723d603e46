"""Train both recipes with several seeds and compare them: `python -m benchmarks.accuracy`.

Takes about 12 minutes on two cores for the eight seeds in the table of README.md here, or give
another number: `python -m benchmarks.accuracy 3`. The runs alternate, so that a busy machine
slows both recipes alike.
"""

import argparse
import statistics
import time

import digitrec

SEEDS = 8  # with three, the mean wavers by 0.05 %
EPOCHS = 10
RECIPES = {"classic": False, "ours (`augment=True`)": True}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seeds", nargs="?", type=int, default=SEEDS)
    seeds = range(parser.parse_args().seeds)
    (x_train, y_train), (x_test, y_test) = digitrec.load_mnist()
    accuracies = {name: [] for name in RECIPES}
    seconds = {name: [] for name in RECIPES}
    for seed in seeds:
        for name, augment in RECIPES.items():
            model = digitrec.build_model(seed=seed)
            start = time.perf_counter()
            digitrec.train(model, x_train, y_train, epochs=EPOCHS, augment=augment, seed=seed)
            seconds[name].append(time.perf_counter() - start)
            accuracies[name].append(100 * digitrec.evaluate(model, x_test, y_test).accuracy)
    print(f"\n| recipe | MNIST test accuracy, seeds 0 to {seeds[-1]} | mean | spread | time |")
    print("|---|---|---|---|---|")
    classic = statistics.median(seconds["classic"])
    for name in RECIPES:
        runs = ", ".join(f"{accuracy:.2f}" for accuracy in accuracies[name])
        mean, spread = statistics.mean(accuracies[name]), statistics.stdev(accuracies[name])
        ratio = statistics.median(seconds[name]) / classic
        print(f"| {name} | {runs} % | {mean:.2f} % | ± {spread:.2f} % | {ratio:.2f} |")


if __name__ == "__main__":
    main()
