import{a as m}from"./chunk-YCGREXIA.js";import"./chunk-Q5U5SKU5.js";import{d as o,x as e}from"./chunk-KCM4V3XO.js";var r=document.getElementById("app");r&&o(e(m,{}),r);
