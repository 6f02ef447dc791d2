"""Architectures of torchvision and timm, narrowed."""

import torch
from torch import nn

from . import libraries  # noqa: F401  (before torchvision)
from .models import architecture

import timm  # noqa: E402
from timm.models.convmixer import ConvMixer  # noqa: E402
from timm.models.efficientformer import EfficientFormer  # noqa: E402
from timm.models.levit import Levit  # noqa: E402
from timm.models.maxxvit import MaxxVit, MaxxVitCfg, MaxxVitTransformerCfg  # noqa: E402
from timm.models.metaformer import MetaFormer  # noqa: E402
from timm.models.mlp_mixer import MlpMixer  # noqa: E402
from timm.models.regnet import RegNet, RegNetCfg  # noqa: E402
from timm.models.resnest import ResNestBottleneck  # noqa: E402
from timm.models.resnet import ResNet as TimmResNet  # noqa: E402
from torchvision import models  # noqa: E402
from torchvision.models import convnext, densenet, efficientnet, mobilenetv3, resnet, shufflenetv2, swin_transformer  # noqa: E402
from torchvision.models import segmentation, vgg, vision_transformer  # noqa: E402
from torchvision.models._utils import IntermediateLayerGetter  # noqa: E402

small = (torch.ones(1, 3, 32, 32),)
medium = (torch.ones(1, 3, 64, 64),)


class NarrowResNet(resnet.ResNet):
    """torchvision's ResNet-18 with a quarter or less of its channels."""

    def __init__(self, width=8, **options):
        super().__init__(resnet.BasicBlock, [2, 2, 2, 2], **options)
        self.inplanes = width
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        for stage in range(4):
            stride = 1 if stage == 0 else 2
            setattr(self, f"layer{stage + 1}", self._make_layer(resnet.BasicBlock, width << stage, 2, stride=stride))
        self.fc = nn.Linear(width << 3, 10)


@architecture("torchvision", quick=True)
def resnet18():
    return NarrowResNet(), medium


@architecture("torchvision")
def mobilenet_v3_small():
    config = [
        mobilenetv3.InvertedResidualConfig(16, 3, 16, 16, True, "RE", 2, 1, 1),
        mobilenetv3.InvertedResidualConfig(16, 5, 48, 24, True, "HS", 2, 1, 1),
        mobilenetv3.InvertedResidualConfig(24, 3, 48, 24, False, "HS", 1, 1, 1),
    ]
    return mobilenetv3.MobileNetV3(config, last_channel=48, num_classes=10), medium


@architecture("torchvision")
def efficientnet_b0():
    config = [
        efficientnet.MBConvConfig(1, 3, 1, 16, 8, 1),
        efficientnet.MBConvConfig(6, 3, 2, 8, 16, 1),
        efficientnet.MBConvConfig(6, 5, 2, 16, 24, 1),
    ]
    return efficientnet.EfficientNet(config, dropout=0.1, last_channel=64, num_classes=10), medium


@architecture("torchvision")
def shufflenet_v2():
    return shufflenetv2.ShuffleNetV2([1, 2, 1], [8, 16, 32, 48, 64], num_classes=10), medium


@architecture("torchvision")
def densenet121():
    return densenet.DenseNet(growth_rate=6, block_config=(2, 2, 2), num_init_features=12, num_classes=10), medium


@architecture("torchvision")
def vgg11_bn():
    net = vgg.VGG(vgg.make_layers([8, "M", 16, "M", 24, 24, "M"], batch_norm=True), num_classes=10)
    net.avgpool = nn.AdaptiveAvgPool2d(2)
    net.classifier = nn.Sequential(nn.Linear(96, 64), nn.ReLU(True), nn.Dropout(), nn.Linear(64, 10))
    return net, medium


@architecture("torchvision")
def vit_b_16():
    return vision_transformer.VisionTransformer(32, 8, 2, 4, 32, 64, num_classes=10), small


@architecture("torchvision")
def swin_t():
    return swin_transformer.SwinTransformer([4, 4], 16, [2, 2], [2, 2], [4, 4], num_classes=10), small


@architecture("torchvision")
def convnext_tiny():
    config = [convnext.CNBlockConfig(16, 32, 1), convnext.CNBlockConfig(32, None, 2)]
    return convnext.ConvNeXt(config, num_classes=10), medium


class Segmentation(nn.Module):
    """torchvision's segmenter over a backbone of any width."""

    def __init__(self, backbone, classifier):
        super().__init__()
        self.backbone = IntermediateLayerGetter(backbone, {"layer4": "out"})
        self.classifier = classifier

    def forward(self, x):
        return self.classifier(self.backbone(x)["out"])


@architecture("torchvision")
def deeplab_head():
    head = nn.Sequential(
        segmentation.deeplabv3.ASPP(48, [6, 12], 24),
        nn.Conv2d(24, 24, 3, padding=1, bias=False),
        nn.BatchNorm2d(24),
        nn.ReLU(),
        nn.Conv2d(24, 5, 1),
    )
    return Segmentation(NarrowResNet(6), head), medium


@architecture("torchvision")
def fcn_head():
    return Segmentation(NarrowResNet(6), segmentation.fcn.FCNHead(48, 5)), medium


class Detector(nn.Module):
    """SSDlite's heads, without the boxes that no weight takes part in."""

    def __init__(self):
        super().__init__()
        norm = nn.BatchNorm2d
        self.backbone = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1, bias=False), norm(16), nn.ReLU6())
        self.head = models.detection.ssdlite.SSDLiteHead([16], [4], 5, norm)

    def forward(self, x):
        heads = self.head([self.backbone(x)])
        return heads["bbox_regression"], heads["cls_logits"]


@architecture("torchvision")
def ssdlite():
    return Detector(), small


@architecture("timm", quick=True)
def vit_tiny():
    options = dict(img_size=32, patch_size=8, embed_dim=32, depth=2, num_heads=4, num_classes=10)
    return timm.create_model("vit_tiny_patch16_224", **options), small


@architecture("timm")
def deit_distilled():
    options = dict(img_size=32, patch_size=8, embed_dim=32, depth=1, num_heads=4, num_classes=10)
    return timm.create_model("deit_tiny_distilled_patch16_224", **options), small


@architecture("timm")
def beit():
    options = dict(img_size=32, patch_size=8, embed_dim=32, depth=2, num_heads=4, num_classes=10)
    return timm.create_model("beit_base_patch16_224", **options), small


@architecture("timm")
def convmixer():
    return ConvMixer(24, 2, kernel_size=5, patch_size=4, num_classes=10), small


@architecture("timm")
def mlp_mixer():
    return MlpMixer(num_classes=10, img_size=32, patch_size=8, num_blocks=2, embed_dim=32), small


@architecture("timm")
def regnet():
    config = RegNetCfg(depth=8, w0=8, wa=8.0, wm=2.0, group_size=8, se_ratio=0.25)
    return RegNet(config, num_classes=10), medium


@architecture("timm")
def resnest():
    net = TimmResNet(
        ResNestBottleneck,
        [1, 1, 1, 1],
        num_classes=10,
        channels=(8, 16, 24, 32),
        stem_type="deep",
        stem_width=4,
        avg_down=True,
        base_width=64,
        block_args=dict(radix=2, avd=True, avd_first=False),
    )
    return net, medium


@architecture("timm")
def coatnet():
    config = MaxxVitCfg(
        embed_dim=(8, 12, 16, 24),
        depths=(1, 1, 1, 1),
        block_type=("C", "C", "T", "T"),
        stem_width=8,
        transformer_cfg=MaxxVitTransformerCfg(dim_head=8),
    )
    return MaxxVit(config, img_size=64, num_classes=10), medium


@architecture("timm")
def levit():
    net = Levit(img_size=64, embed_dim=(16, 24), key_dim=8, depth=(1, 1), num_heads=(2, 2), num_classes=10)
    return net, medium


@architecture("timm")
def poolformer():
    return MetaFormer(depths=(1, 1), dims=(16, 24), num_classes=10), medium


@architecture("timm")
def efficientformer():
    net = EfficientFormer(depths=(1, 1, 1, 2), embed_dims=(8, 12, 16, 24), num_vit=1, num_classes=10)
    return net, (torch.ones(1, 3, 224, 224),)
