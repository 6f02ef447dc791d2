"""Writes what lies beside checkpoints, or looks like one, with the libraries that do.

    python tests/golden/side_files.py

`files/side/` is what a training run of the Hugging Face Trainer, of Accelerate, DeepSpeed and torch.distributed leaves,
torch.package archives, programs for phones, and PyTorch files without a tensor. None is opened; each is named.
`files/side/distributed/joined.pth` is what PyTorch's own command makes of the shards beside it: that opens.
PaddlePaddle's file is written after its description (paddle/framework/io.py: a pickle of NumPy arrays), DeepSpeed's after
deepspeed/runtime/engine.py.
"""

import argparse
import os
import pickle
import random
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import OrderedDict
from pathlib import Path

import numpy
import torch
import torch.distributed.checkpoint as distributed
from torch import nn
from torch.package import PackageExporter, PackageImporter
from transformers import TrainingArguments

warnings.filterwarnings("ignore")
folder = Path(__file__).parent / "files" / "side"


def trained():
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    optimizer = torch.optim.AdamW(model.parameters())
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    scheduler.step()
    return model, optimizer, scheduler


def training_run():
    model, optimizer, scheduler = trained()
    torch.save(optimizer.state_dict(), folder / "optimizer.pt")
    torch.save(optimizer.state_dict(), folder / "optimizer-legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(torch.optim.SGD(model.parameters(), lr=0.1).state_dict(), folder / "optimizer-without-state.pt")
    torch.save({"optimizer": optimizer.state_dict(), "epoch": 3}, folder / "optimizer-named.pt")
    torch.save({"optimizer_states": [optimizer.state_dict()]}, folder / "optimizer-listed.pt")
    torch.save(optimizer, folder / "optimizer-object.pt")
    torch.save(torch.optim.swa_utils.AveragedModel(model), folder / "averaged.pt")
    torch.save(scheduler.state_dict(), folder / "scheduler.pt")
    torch.save(scheduler, folder / "scheduler-object.pt")
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
    plateau.step(torch.tensor(0.5))
    torch.save(plateau.state_dict(), folder / "scheduler-plateau.pt")
    torch.save(torch.amp.GradScaler("cpu").state_dict(), folder / "scaler.pt")
    random.seed(0)
    numpy.random.seed(0)
    states = {"python": random.getstate(), "numpy": numpy.random.get_state(), "cpu": torch.get_rng_state()}
    torch.save(states, folder / "rng_state.pth")
    accelerate = {
        "step": 1,
        "random_state": random.getstate(),
        "numpy_random_seed": numpy.random.get_state(),
        "torch_manual_seed": torch.get_rng_state(),
        "torch_cuda_manual_seed": [],
    }
    torch.save(accelerate, folder / "random_states_0.pkl")
    torch.save(torch.get_rng_state(), folder / "rng.pt")
    # Its own constructor would write the names of this machine and its folders.
    arguments = TrainingArguments.__new__(TrainingArguments)
    arguments.__dict__.update(output_dir="out", num_train_epochs=3.0, learning_rate=5e-5)
    torch.save(arguments, folder / "training_args.bin")
    torch.save(argparse.Namespace(lr=0.1), folder / "args.pt")


def deepspeed():
    groups = [torch.arange(8, dtype=torch.float32)]
    base = {"state": {0: {"exp_avg": torch.ones(8), "exp_avg_sq": torch.ones(8)}}, "param_groups": [{"lr": 0.1}]}
    states = {"zero_stage": 3, "partition_count": 2, "optimizer_state_dict": base, "fp32_flat_groups": groups}
    version = {"ds_config": {"train_batch_size": 2}, "ds_version": "0.16.0"}
    torch.save({"optimizer_state_dict": states, **version}, folder / "zero_pp_rank_0_mp_rank_00_optim_states.pt")
    shapes = [OrderedDict(weight=torch.Size([2, 3]), bias=torch.Size([2]))]
    empty = OrderedDict(weight=torch.empty(0), bias=torch.empty(0))
    sharded = {"module": empty, "param_shapes": shapes, "optimizer": None, **version}
    torch.save(sharded, folder / "zero_pp_rank_0_mp_rank_00_model_states.pt")
    whole = {"module": trained()[0].state_dict(), "param_shapes": shapes, "optimizer": None, **version}
    torch.save(whole, folder / "mp_rank_00_model_states.pt")


def torch_distributed():
    target = folder / "distributed"
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as empty:
        os.chdir(empty)
        distributed.save({"model": trained()[0].state_dict(), "epoch": 3}, checkpoint_id="sharded")
        command = [sys.executable, "-m", "torch.distributed.checkpoint.format_utils"]
        subprocess.run([*command, "dcp_to_torch", "sharded", "out.pth"], check=True)
        shutil.copytree("sharded", target)
        shutil.copy("out.pth", target / "joined.pth")
        distributed.save({"weight": torch.ones(2, 3)}, checkpoint_id="one")
        shutil.copy("one/__0_0.distcp", target / "__1_0.distcp")
        os.chdir(here)
    with open(target / "appended.pth", "wb") as both:
        torch.save(torch.ones(2), both)
        torch.save(torch.zeros(3), both)


def packages_and_programs():
    path = str(folder / "package.pt")
    with PackageExporter(path) as exporter:
        exporter.extern("torch.**")
        exporter.save_pickle("net.parts", "model.pkl", trained()[0])
    # What the page says to do.
    assert PackageImporter(path).load_pickle("net.parts", "model.pkl").state_dict()["weight"].shape == (2, 3)
    # Whose first file is not in .data.
    with PackageExporter(str(folder / "package-of-text.pt")) as exporter:
        exporter.save_text("notes", "readme.txt", "nothing else")
    scripted = torch.jit.script(trained()[0])
    scripted._save_for_lite_interpreter(str(folder / "lite.ptl"))
    scripted._save_for_lite_interpreter(str(folder / "flatbuffer.ptl"), _use_flatbuffer=True)
    torch.jit.script(nn.ReLU()).save(str(folder / "scripted-relu.pt"))


def without_tensors():
    torch.save({}, folder / "empty.pt")
    torch.save({"epoch": 3, "loss": [0.5], "best": None}, folder / "numbers.pt")
    torch.save(nn.ReLU(), folder / "relu.pt")
    torch.save(torch.ones(3).untyped_storage(), folder / "storage.pt")


def pickles():
    weights = {"linear_0.w_0": numpy.ones((2, 3), dtype="f4")}
    paddle = {**weights, "StructuredToParameterName@@": {"fc.weight": "linear_0.w_0"}}
    (folder / "paddle.pdparams").write_bytes(pickle.dumps(paddle, protocol=4))
    (folder / "model_final.pkl").write_bytes(pickle.dumps({"model": weights}, protocol=4))
    (folder / "protocol0.pkl").write_bytes(pickle.dumps({"a": 1}, protocol=0))


shutil.rmtree(folder, ignore_errors=True)
folder.mkdir()
training_run()
deepspeed()
torch_distributed()
packages_and_programs()
without_tensors()
pickles()
